import { must } from "../browser.mjs";

const rows = (page) => page.locator(".grid-row[aria-rowindex]");
const tabs = (page) => page.getByRole("navigation", { name: "Views" });

export default {
  "a view with a related condition is saved, shared, changed and deleted": async ({ open }) => {
    const { page, axe } = await open({ path: "/account" });
    await rows(page).first().waitFor();
    // no interaction within the last 90 days, all by keyboard
    await page.keyboard.press("f");
    const find = page.getByLabel("Find a field");
    await find.fill("interactions");
    await page.keyboard.press("Enter");
    await page.getByLabel("How many interactions").selectOption("none");
    await page.getByRole("button", { name: "Condition", exact: true }).press("Enter");
    await find.fill("updated");
    await page.keyboard.press("Enter");
    await page.getByLabel("Direction in time").selectOption("last");
    await page.getByLabel("How many", { exact: true }).fill("90");
    await page.getByLabel("Unit").selectOption("day");
    await axe();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText("none of interactions").waitFor();
    must(JSON.stringify(filterOf(page)).includes('"related":"interaction"'), page.url());
    await rows(page).first().waitFor();
    await page.getByRole("button", { name: "Save view" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Name/).fill("Quiet customers");
    await dialog.getByLabel("For").selectOption("everybody");
    await axe();
    await dialog.getByRole("button", { name: "Save view" }).click();
    await tabs(page).getByRole("link", { name: /Quiet customers/ }).waitFor();
    must(filterOf(page) === undefined && page.url().includes("saved="), `the view alone stands in the address: ${page.url()}`);
    await page.reload();
    await page.getByText("none of interactions").waitFor();
    must((await tabs(page).locator("[aria-current=page]").innerText()).includes("Quiet customers"), "its tab is the current one");
    await axe();
    // a change shows a way back and a way to keep it
    await page.getByRole("button", { name: /^Order/ }).click();
    await page.getByLabel("First by").selectOption({ label: "Employees" });
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("button", { name: "Reset" }).waitFor({ state: "detached" });
    must(!page.url().includes("sort="), page.url());
    await tabs(page).getByRole("button", { name: "View Quiet customers" }).click();
    await page.getByRole("menuitem", { name: "Rename and share" }).click();
    await dialog.getByLabel(/^Name/).fill("Silent customers");
    await dialog.getByRole("button", { name: "Save" }).click();
    await tabs(page).getByRole("link", { name: /Silent customers/ }).waitFor();
    await tabs(page).getByRole("button", { name: "View Silent customers" }).click();
    await page.getByRole("menuitem", { name: "Delete view" }).click();
    await tabs(page).getByRole("link", { name: /Silent customers/ }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Undo" }).click();
    await tabs(page).getByRole("link", { name: /Silent customers/ }).waitFor();
  },
  "groups within groups are built, read and changed": async ({ open }) => {
    const { page, axe } = await open({ path: "/account" });
    await rows(page).first().waitFor();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    const find = page.getByLabel("Find a field");
    await find.fill("");
    await page.getByRole("button", { name: "Group of conditions" }).click();
    await find.fill("city");
    await page.keyboard.press("Enter");
    await page.getByLabel("City", { exact: true }).fill("Rosenheim");
    await page.getByRole("button", { name: "Condition", exact: true }).click();
    await find.fill("employees");
    await page.keyboard.press("Enter");
    await page.getByLabel("Comparison for Employees").selectOption("gte");
    await page.getByLabel("Employees", { exact: true }).fill("100");
    await page.getByLabel("How the conditions are joined").selectOption("notAny");
    await axe();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForFunction(() => location.search.includes("filter="));
    const filter = filterOf(page);
    must(filter?.not?.or?.length === 2, JSON.stringify(filter));
    // and in place again
    await page.getByRole("button", { name: /Edit condition|City/ }).first().click();
    await page.getByLabel("How the conditions are joined").selectOption("any");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.waitForFunction(() => !decodeURIComponent(location.search).includes('"not"'));
    await rows(page).first().waitFor();
  },
};

function filterOf(page) {
  const text = new URL(page.url()).searchParams.get("filter");
  return text ? JSON.parse(text) : undefined;
}
