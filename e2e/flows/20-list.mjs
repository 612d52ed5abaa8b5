import { must } from "../browser.mjs";

const rows = (page) => page.locator(".grid-row[aria-rowindex]");

export default {
  "rows, keys and accessibility": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact" });
    await rows(page).first().waitFor();
    await axe();
    await page.locator(".grid-scroll").focus();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await page.getByRole("toolbar", { name: "Selected records" }).waitFor();
    must((await page.locator(".grid-row[aria-selected=true]").count()) === 1, "x selects the current row");
    await axe();
    await page.keyboard.press("Escape");
    must((await page.locator(".grid-row[aria-selected=true]").count()) === 0, "Escape clears the selection");
    await page.keyboard.press("Enter");
    await page.locator(".rhead h1").waitFor();
  },
  "only the rows on screen exist": async ({ open }) => {
    const { page } = await open({ path: "/contact" });
    await rows(page).first().waitFor();
    await page.locator(".grid-scroll").evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.waitForTimeout(800);
    must((await rows(page).count()) < 80, "far fewer rows in the page than in the list");
  },
  "a filter stands in the address and survives a reload": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact" });
    await rows(page).first().waitFor();
    const before = await page.locator(".list-foot").innerText();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByLabel("Find a field").fill("last name");
    await page.keyboard.press("Enter");
    await page.getByLabel("Last name").fill("a");
    await axe();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.locator(".chip", { hasText: "contains" }).waitFor();
    await page.waitForFunction((text) => document.querySelector(".list-foot")?.textContent !== text, before);
    const filtered = await page.locator(".list-foot").innerText();
    must(page.url().includes("filter="), page.url());
    await page.reload();
    await page.locator(".chip", { hasText: "contains" }).waitFor();
    await rows(page).first().waitFor();
    must((await page.locator(".list-foot").innerText()) === filtered, "the count is the same after a reload");
    await page.getByRole("button", { name: "Remove condition" }).click();
    await page.waitForFunction((text) => document.querySelector(".list-foot")?.textContent === text, before);
  },
  "a filter that nothing matches says so": async ({ open }) => {
    const filter = encodeURIComponent(JSON.stringify({ field: "last_name", op: "eq", value: "nobody is called this" }));
    const { page, axe } = await open({ path: `/contact?filter=${filter}` });
    await page.getByRole("heading", { name: "No contacts match" }).waitFor();
    await axe();
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await rows(page).first().waitFor();
  },
  "sorting by a header": async ({ open }) => {
    const { page } = await open({ path: "/account" });
    await rows(page).first().waitFor();
    await page.locator(".grid-th", { hasText: "Name" }).first().getByRole("button").click();
    await page.waitForURL(/sort=-name/);
    await rows(page).first().waitFor();
    must((await page.locator(".grid-th[aria-sort=descending]").count()) === 1, "the header says descending");
  },
  "columns are chosen and kept in the address": async ({ open }) => {
    const { page } = await open({ path: "/account" });
    await rows(page).first().waitFor();
    await page.getByRole("button", { name: "Columns" }).click();
    await page.getByLabel("Find a field").fill("postal");
    await page.getByText("Postal code").click();
    await page.waitForURL(/columns=/);
    await page.keyboard.press("Escape");
    await page.locator(".grid-th", { hasText: "Postal code" }).waitFor();
  },
  "selected records are archived and come back": async ({ open }) => {
    const { page } = await open({ path: "/contact" });
    await rows(page).first().waitFor();
    const name = await rows(page).first().locator("a").first().innerText();
    await rows(page).first().locator(".cbl").click();
    await page.getByRole("toolbar", { name: "Selected records" }).getByRole("button", { name: "Archive" }).click();
    await page.getByText("1 contact archived.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
    await rows(page).first().locator("a", { hasText: name }).waitFor();
  },
  "one field of many records": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact" });
    await rows(page).first().waitFor();
    await rows(page).nth(0).locator(".cbl").click();
    await rows(page).nth(2).locator(".cbl").click({ modifiers: ["Shift"] });
    must((await page.locator(".grid-row[aria-selected=true]").count()) === 3, "Shift extends the selection");
    await page.getByRole("button", { name: "Edit field" }).click();
    await page.getByLabel("Field", { exact: true }).selectOption({ label: "City" });
    await page.getByLabel("New value").fill("Größwang");
    await axe();
    await page.getByRole("button", { name: "Change 3 records" }).click();
    await page.getByText("3 contacts changed.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
  },
  "the list as a file": async ({ open }) => {
    const { page } = await open({ path: "/account" });
    await rows(page).first().waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export as CSV" }).click();
    const file = await download;
    must(/\.csv$/.test(file.suggestedFilename()), file.suggestedFilename());
  },
  "dark, compact and on a phone": async ({ open }) => {
    const dark = await open({ path: "/contact", theme: "dark" });
    await rows(dark.page).first().waitFor();
    await dark.axe();
    const phone = await open({ path: "/contact", size: "phone" });
    await phone.page.getByRole("listitem").first().waitFor();
    await phone.axe();
    must(await phone.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing is wider than the phone");
    await phone.page.getByRole("listitem").first().click();
    await phone.page.locator(".rhead h1").waitFor();
    await phone.axe();
    must(await phone.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "the record is not wider than the phone");
  },
};
