import { must } from "../browser.mjs";

export default {
  "who saw a record is one step from the record": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const made = await session.api("POST", "/records/contact", { first_name: "Ida", last_name: "Logava", email: "ida@logava.example" });
    must(made.status === 201, JSON.stringify(made.body));
    await page.goto(`/contact/${made.body.id}`);
    await page.getByRole("heading", { name: "Ida Logava", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Who can see this" }).click();
    await page.getByRole("dialog", { name: "Who can see this" }).getByRole("link", { name: "Who saw this record" }).click();
    await page.getByRole("heading", { name: "Log", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Show all entries again" }).getByText("Who saw Ida Logava").waitFor();
    const row = page.getByRole("row").filter({ hasText: "Contact" }).first();
    await row.getByRole("button", { name: "Read" }).click();
    const dialog = page.getByRole("dialog", { name: "Read" });
    await dialog.getByRole("link", { name: "Ida Logava" }).first().waitFor();
    await axe();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Show all entries again" }).click();
    await page.getByLabel("Kind").selectOption({ label: "Signed in" });
    await page.getByRole("cell", { name: /^with password/ }).first().waitFor();
    await axe();
  },
  "the log is checked, and its head kept": async ({ open }) => {
    const session = await open({ path: "/admin/log" });
    const { page, axe } = session;
    await page.getByRole("button", { name: "Check the log" }).click();
    const dialog = page.getByRole("dialog", { name: "Check the log" });
    await dialog.getByText(/^All [\d,]+ entries are as they were written\.$/).waitFor();
    const note = await dialog.locator("pre").innerText();
    must(/^rapport-log\/[0-9a-f]{16}\n\d+\n/.test(note), note);
    await axe();
    const told = await session.api("POST", "/log/verification", { heads: [`${note.trimEnd()}\n`] });
    must(told.status === 200 && told.body.findings.length === 0 && told.body.heads === 1, JSON.stringify(told.body));
  },
  "a search for words that nobody searched shows nothing, and says so": async ({ open }) => {
    const { page, axe } = await open({ path: "/admin/log?searched=nobodyeversearchedthis" });
    await page.getByRole("heading", { name: "Nothing fits" }).waitFor();
    await axe();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("table").waitFor();
  },
};
