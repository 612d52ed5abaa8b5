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
    const before = await page.locator(".grid-foot").textContent();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByLabel("Find a field").fill("last name");
    await page.keyboard.press("Enter");
    await page.getByLabel("Last name", { exact: true }).fill("a");
    await axe();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.locator(".chip", { hasText: "contains" }).waitFor();
    await page.waitForFunction((text) => document.querySelector(".grid-foot")?.textContent !== text, before);
    const filtered = await page.locator(".grid-foot").textContent();
    must(page.url().includes("filter="), page.url());
    await page.reload();
    await page.locator(".chip", { hasText: "contains" }).waitFor();
    await rows(page).first().waitFor();
    must((await page.locator(".grid-foot").textContent()) === filtered, "the count is the same after a reload");
    await page.getByRole("button", { name: "Remove condition" }).click();
    await page.waitForFunction((text) => document.querySelector(".grid-foot")?.textContent === text, before);
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
    await page.locator(".grid-th", { hasText: "Name" }).first().locator(".grid-sort").click();
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
    await page.getByRole("button", { name: "Export", exact: true }).click();
    await page.getByRole("menuitem", { name: "As CSV" }).click();
    const file = await download;
    must(/\.csv$/.test(file.suggestedFilename()), file.suggestedFilename());
  },
  "a record beside the list, and on with the keyboard": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact" });
    await rows(page).first().waitFor();
    const grid = page.getByRole("grid", { name: "Contacts" });
    await grid.focus();
    await page.keyboard.press("j");
    await page.keyboard.press("Space");
    const peek = page.getByRole("complementary", { name: /^Beside the list/ });
    const heading = peek.getByRole("heading", { level: 2 });
    const first = await heading.innerText();
    await peek.getByText(/^1 of /).waitFor();
    await axe();
    await page.keyboard.press("j");
    await peek.getByText(/^2 of /).waitFor();
    await page.waitForFunction((old) => document.querySelector(".peek h2")?.textContent !== old, first);
    must(page.url().includes("peek="), "the panel stands in the address");
    await page.keyboard.press("k");
    await peek.getByText(/^1 of /).waitFor();
    await page.keyboard.press("Escape");
    await peek.waitFor({ state: "detached" });
    must(await grid.evaluate((element) => element === document.activeElement), "the focus is back in the list");
  },
  "a cell is edited where it stands, and comes back": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact?columns=full_name,city" });
    await rows(page).first().waitFor();
    const cell = rows(page).first().getByRole("gridcell").nth(2);
    const before = await cell.innerText();
    await page.getByRole("grid").focus();
    for (const key of ["ArrowDown", "ArrowRight", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    await page.getByRole("textbox", { name: "City" }).fill("Größwang");
    await axe();
    await page.keyboard.press("Enter");
    await page.getByText("City saved").waitFor();
    must((await cell.innerText()) === "Größwang", "the cell shows what was typed");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction(([text]) => document.querySelector('.grid-row[aria-rowindex="2"] [data-column="1"]')?.textContent === text, [before]);
  },
  "two people edit the same cell: both values are shown": async ({ open }) => {
    const { page, api } = await open({ path: "/contact?columns=full_name,city" });
    await rows(page).first().waitFor();
    const id = (await rows(page).first().getByRole("link").getAttribute("href")).split("/").pop();
    await rows(page).first().getByRole("gridcell").nth(2).dblclick();
    const box = page.getByRole("textbox", { name: "City" });
    await box.fill("Mine");
    must((await api("PATCH", `/records/contact/${id}`, { city: "Theirs" }, { "If-Match": "*" })).status === 200, "the other write");
    await box.press("Enter");
    await page.getByRole("button", { name: "Keep yours" }).waitFor();
    await page.getByText("Theirs").first().waitFor();
    must((await box.inputValue()) === "Mine", "what was typed is still there");
    await page.getByRole("button", { name: "Keep yours" }).click();
    await box.waitFor({ state: "detached" });
    must((await api("GET", `/records/contact/${id}`)).body.city === "Mine", "kept");
  },
  "what others add waits until it is wanted": async ({ open }) => {
    const { page, api } = await open({ path: "/contact?sort=-created_at" });
    await rows(page).first().waitFor();
    const first = await rows(page).first().getByRole("link").innerText();
    const made = await api("POST", "/records/contact", { first_name: "Nora", last_name: "Neu" });
    must(made.status === 201, JSON.stringify(made.body));
    const waiting = page.getByRole("button", { name: "1 new or changed" });
    await waiting.waitFor();
    must((await rows(page).first().getByRole("link").innerText()) === first, "nothing moved by itself");
    await waiting.click();
    await rows(page).first().getByRole("link", { name: "Nora Neu" }).waitFor();
    await api("DELETE", `/records/contact/${made.body.id}`);
  },
  "groups with their number, folded by keyboard": async ({ open }) => {
    const { page, axe } = await open({ path: "/opportunity?group=stage" });
    const heads = page.locator(".grid-group");
    await heads.nth(1).waitFor();
    await rows(page).nth(2).waitFor();
    await axe();
    const before = await page.locator(".grid-row[aria-selected]").count();
    await page.getByRole("treegrid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((old) => document.querySelectorAll(".grid-row[aria-selected]").length !== old || document.querySelector('.grid-group[aria-expanded="false"]'), before);
    must((await heads.first().getAttribute("aria-expanded")) === "false", "folded");
  },
  "every record that matches, with a look at what they have": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact" });
    await rows(page).first().waitFor();
    await rows(page).first().locator(".cbl").click();
    const bar = page.getByRole("toolbar", { name: "Selected records" });
    await bar.getByRole("button", { name: /^Select all/ }).click();
    await bar.getByText(/^\d{3,}.* selected$/).waitFor();
    await bar.getByRole("button", { name: "Edit field" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Field", { exact: true }).selectOption({ label: "City" });
    await dialog.getByRole("region", { name: "What they have now" }).getByRole("listitem").first().waitFor();
    await axe();
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
