import { must } from "../browser.mjs";

const status = async (session) => (await session.api("GET", "/backups")).body;

export default {
  "a backup is made and proven, and the screen says how to restore it": async ({ open }) => {
    const session = await open({ path: "/admin/backups" });
    const { page, axe } = session;
    await page.getByRole("heading", { name: "Backups", level: 1 }).waitFor();
    await page.getByText("These backups lie on the disk of the data.").waitFor();
    await axe();
    const before = (await status(session)).items.length;
    await page.getByRole("button", { name: "Back up now" }).click();
    await page.getByText("Not proven yet").first().waitFor({ timeout: 60_000 });
    must((await status(session)).items.length === before + 1, "there is one more");
    await page.getByRole("button", { name: "Prove now" }).click();
    await page.getByText(/^All is well\. .* the newest backup was restored on trial: [\d,]+ rows/).waitFor({ timeout: 120_000 });
    await page.getByText(/^Proven .* records agree with their history$/).first().waitFor();
    const { items, alarm, running } = await status(session);
    must(items[0].result === "proven" && alarm.length === 0 && running === null, JSON.stringify(items[0]));
    await page.getByText(`rapport restore ${items[0].file}`).waitFor();
    await axe();
  },
};
