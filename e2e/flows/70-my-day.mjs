import { must } from "../browser.mjs";

const today = () => new Date().toLocaleDateString("sv-SE");
const row = (page, text) => page.locator(".day-row", { hasText: text });

export default {
  "a task is finished, taken back and put off where it stands": async ({ open }) => {
    const session = await open({ path: "/my-day" });
    const { page, axe } = session;
    const made = await session.api("POST", "/records/task", { subject: "Send the samples to Größwang", due_on: today(), priority: "high" });
    must(made.status === 201, JSON.stringify(made.body));
    await row(page, "Send the samples").waitFor(); // by the live stream, without a reload
    await axe();
    await page.getByRole("button", { name: "Finish “Send the samples to Größwang”" }).click();
    await page.getByText("“Send the samples to Größwang” done.").waitFor();
    await page.getByRole("button", { name: "Reopen “Send the samples to Größwang”" }).waitFor();
    must((await session.api("GET", `/records/task/${made.body.id}`)).body.status === "done", "it is done");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Finish “Send the samples to Größwang”" }).waitFor();
    await page.getByRole("button", { name: "Put off “Send the samples to Größwang”" }).click();
    await page.getByRole("menuitem", { name: /^Tomorrow/ }).click();
    await page.getByText(/^Moved to /).waitFor();
    await row(page, "Send the samples").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "This week" }).click();
    await row(page, "Send the samples").waitFor();
  },
  "an opportunity without a next step gets one": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const made = await session.api("POST", "/records/opportunity", { name: "Grinders for the academy", amount: { amount: "9000000", currency: "EUR" } });
    must(made.status === 201, JSON.stringify(made.body));
    await page.goto("/my-day");
    const block = page.getByRole("region", { name: "No next step" });
    await block.getByText("Grinders for the academy").waitFor();
    await page.getByRole("button", { name: "Plan the next step of “Grinders for the academy”" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Next step/).fill("Ask who decides");
    await axe();
    await page.keyboard.press("Enter");
    await page.getByText("Planned: Ask who decides").waitFor();
    await block.getByText("Grinders for the academy").waitFor({ state: "detached" });
    const deal = (await session.api("GET", `/records/opportunity/${made.body.id}`)).body;
    must(deal.next_step === "Ask who decides", JSON.stringify(deal.next_step));
  },
  "the day fits a phone, and the dark": async ({ open }) => {
    const { page, axe } = await open({ path: "/my-day", size: "phone", theme: "dark" });
    await page.getByRole("region", { name: "Tasks" }).waitFor();
    await axe();
    must(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing stands out at the side");
  },
};
