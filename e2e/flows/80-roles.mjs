import { must } from "../browser.mjs";

const roleOf = async (session, name) => (await session.api("GET", "/roles")).body.items.find((role) => role.name === name);
const cell = (page, name) => page.getByRole("button", { name, exact: true });
async function choose(page, name, reach) {
  await cell(page, name).click();
  await page.getByRole("combobox", { name, exact: true }).selectOption({ label: reach });
}

export default {
  "a right is changed in the matrix, holds at once, and is taken back": async ({ open }) => {
    const session = await open({ path: "/admin/roles" });
    const { page, axe } = session;
    must((await roleOf(session, "rep")).objects.account.read === "own", "reps read their own accounts to begin with");
    await cell(page, "Sales rep may read Accounts: Own").waitFor();
    await axe();
    await choose(page, "Sales rep may read Accounts: Own", "All");
    const bar = page.getByRole("region", { name: "1 change not saved" });
    await bar.getByText("Sales rep: Read, Accounts: Own becomes All").waitFor();
    await axe();
    must((await roleOf(session, "rep")).objects.account.read === "own", "nothing is sent before it is saved");
    await bar.getByRole("button", { name: "Save" }).click();
    await page.getByText("1 change of rights saved.").waitFor();
    await bar.waitFor({ state: "detached" });
    must((await roleOf(session, "rep")).objects.account.read === "all", "the server has it");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("The rights are as they were before.").waitFor();
    must((await roleOf(session, "rep")).objects.account.read === "own", "and has it no more");
    await cell(page, "Sales rep may read Accounts: Own").waitFor();
    // The role of one's own has no buttons: nobody grants themselves a right.
    must((await page.getByRole("button", { name: /^Administrator may / }).count()) === 0, "the own role is only shown");
  },
  "one role with its actions goes back to how it came": async ({ open }) => {
    const session = await open({ path: "/admin/roles" });
    const { page, axe } = session;
    await page.getByLabel("Role", { exact: true }).selectOption({ label: "Marketer" });
    await cell(page, "Marketer: Export, Yes").or(cell(page, "Marketer: Export, No")).waitFor();
    await axe();
    const before = await roleOf(session, "marketer");
    await cell(page, /yes/i.test(await cell(page, /^Marketer: Export, /).getAttribute("aria-label")) ? "Marketer: Export, Yes" : "Marketer: Export, No").click();
    await page.getByLabel("Find an object").fill("cases");
    await cell(page, /^Marketer may create Cases: /).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("2 changes of rights saved.").waitFor();
    const changed = await roleOf(session, "marketer");
    must(changed.capabilities.includes("export") !== before.capabilities.includes("export") && changed.objects.case.create !== before.objects.case.create, JSON.stringify(changed.objects.case));
    await page.getByRole("button", { name: "Back to the shipped role" }).click();
    await page.getByText("Marketer is as it came again.").waitFor();
    await page.getByText(/^\d+ people · As it came$/).waitFor();
    const after = await roleOf(session, "marketer");
    must(JSON.stringify(after.objects) === JSON.stringify(before.objects) && after.record === null, "everything is as it was");
  },
  "a role of their own is made, given and taken away": async ({ open }) => {
    const session = await open({ path: "/admin/roles" });
    const { page, axe } = session;
    await page.getByRole("button", { name: "New role" }).click();
    const dialog = page.getByRole("dialog", { name: "New role" });
    await dialog.getByLabel("Label").fill("Key account");
    await dialog.getByLabel("Begins as").selectOption({ label: "Manager" });
    await axe();
    await dialog.getByRole("button", { name: "Create role" }).click();
    await page.waitForURL(/role=key_account/);
    await page.getByLabel("Role", { exact: true }).locator("option:checked", { hasText: "Key account" }).waitFor({ state: "attached" });
    const made = await roleOf(session, "key_account");
    must(made.objects.account.read === (await roleOf(session, "manager")).objects.account.read, "it begins as the manager's");
    const options = (await session.api("GET", "/objects/user")).body.fields.find((f) => f.name === "roles").type.multi_choice.options;
    must(options.some((o) => o.value === "key_account" && o.label === "Key account"), "it can be given to people");
    must((await session.api("DELETE", `/records/role/${made.record}`)).status === 204, "put away again");
  },
  "by keyboard alone: one stop, arrows, a list, and out again": async ({ open }) => {
    const { page } = await open({ path: "/admin/roles" });
    const first = page.locator(".rights [data-place][tabindex='0']");
    await first.waitFor();
    must((await first.count()) === 1, "Tab stops once in the grid");
    await page.locator("[role=region] ").filter({ has: page.locator(".rights") }).focus();
    for (let tabs = 0; tabs < 40 && !(await first.evaluate((e) => e === document.activeElement)); tabs += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const label = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await page.keyboard.press("Enter");
    await page.getByRole("combobox", { name: label ?? "", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.waitForFunction((name) => document.activeElement?.getAttribute("aria-label") === name && document.activeElement?.tagName === "BUTTON", label);
  },
  "a server that fails in between: the changes stay and are saved by trying again": async ({ open }) => {
    const session = await open({ path: "/admin/roles" });
    const { page, axe } = session;
    await choose(page, "Sales rep may read Leads: Own", "Team");
    await page.route("**/api/v1/roles/rep", (route) => route.abort());
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText(/^Sales rep: /).waitFor();
    await page.getByRole("region", { name: "1 change not saved" }).waitFor();
    await axe();
    await page.unroute("**/api/v1/roles/rep");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("1 change of rights saved.").waitFor();
    must((await roleOf(session, "rep")).objects.lead.read === "team", "saved once it answered");
    const record = (await roleOf(session, "rep")).record;
    must((await session.api("DELETE", `/records/role/${record}`)).status === 204, "as it came, for the other journeys");
  },
  "the roles fit a phone, and the dark": async ({ open }) => {
    const { page, axe } = await open({ path: "/admin/roles", size: "phone", theme: "dark" });
    await page.getByLabel("Role", { exact: true }).selectOption({ label: "Sales rep" });
    await cell(page, "Sales rep may read Accounts: Own").waitFor();
    await axe();
    must(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing stands out at the side");
  },
};
