import { must } from "../browser.mjs";

const FILE = ["Vorname;Nachname;E-Mail;Ort;Newsletter", "Klara;Größwang;klara.e2e@example.org;Rosenheim;ja", "Ayşe;Kılıç;ayse.e2e@example.org;İzmir;nein", "健一;佐藤;sato.e2e@example.org;Sendai;ja"].join("\n");

export default {
  "a file goes in after a dry run, and out again": async ({ open }) => {
    const session = await open({ path: "/imports?object=contact" });
    const { page, axe } = session;
    const count = async () => (await session.api("GET", "/records/contact?limit=1&count=exact")).body.total;
    const before = await count();
    await page.getByLabel("What is in the file").waitFor();
    await axe();
    await page.locator("input[type=file]").setInputFiles({ name: "Kundenliste.csv", mimeType: "text/csv", buffer: Buffer.from(FILE) });
    await page.getByLabel("Field for Vorname").waitFor();
    must((await page.getByLabel("Field for Vorname").inputValue()) === "first_name", "a German header finds its field");
    must((await page.getByLabel("Field for Nachname").inputValue()) === "last_name", "so does the next");
    await page.getByLabel("Field for Newsletter").selectOption("");
    await axe();
    await page.getByRole("button", { name: /^Check 3 rows/ }).click();
    await page.getByRole("button", { name: "Import 3 rows" }).waitFor();
    must((await count()) === before, "a dry run writes nothing");
    await axe();
    await page.getByRole("button", { name: "Import 3 rows" }).click();
    await page.getByText("3 rows imported into contacts").waitFor();
    must((await count()) === before + 3, "three more");
    await axe();
    await page.getByRole("button", { name: "Undo the import" }).click();
    await page.getByText("Undone.").waitFor();
    must((await count()) === before, "and gone again");
  },
};
