import { must } from "../browser.mjs";

const column = (page, i) => page.locator(".column").nth(i);
const counts = (page) => page.locator(".column .cnt").allInnerTexts();

export default {
  "cards move by menu, with a way back": async ({ open }) => {
    const { page, axe } = await open({ path: "/opportunity?view=board" });
    await column(page, 0).locator(".card").first().waitFor();
    await axe();
    const before = await counts(page);
    const card = column(page, 0).locator(".card").first();
    const title = await card.locator("a").innerText();
    await card.getByRole("button", { name: /^Actions for/ }).click();
    const target = (await page.getByRole("menuitem").allInnerTexts())[0];
    await page.getByRole("menuitem", { name: target, exact: true }).click();
    await page.getByText(`“${title}” moved to ${target}.`).waitFor();
    await page.waitForFunction((old) => document.querySelector(".column .cnt")?.textContent !== old, before[0]);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.waitForFunction((old) => document.querySelector(".column .cnt")?.textContent === old, before[0]);
  },
  "cards move by dragging": async ({ open }) => {
    const { page } = await open({ path: "/opportunity?view=board" });
    const card = column(page, 0).locator(".card").first();
    await card.waitFor();
    const title = await card.locator("a").innerText();
    await card.dragTo(column(page, 1).locator(".column-body"));
    await page.getByText(new RegExp(`moved to`)).waitFor();
    await column(page, 1).locator(".card", { hasText: title }).first().waitFor();
  },
  "lost asks why; the deal can come back": async ({ open }) => {
    const { page, axe } = await open({ path: "/opportunity?view=board" });
    const card = column(page, 1).locator(".card").first();
    await card.waitFor();
    await card.getByRole("button", { name: /^Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Lost", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Mark as lost" }).click();
    await dialog.getByText("Say why it was lost.").waitFor();
    await axe();
    await dialog.getByLabel(/^Reason/).fill("Budget moved to 2027");
    await dialog.getByRole("button", { name: "Mark as lost" }).click();
    await page.getByText(/” lost\./).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
  },
  "the path of a record moves it too": async ({ open }) => {
    const { page } = await open({ path: "/opportunity?view=board" });
    await column(page, 0).locator(".card a").first().click();
    await page.locator(".path").waitFor();
    const next = page.locator(".pst:not(.cur):not(.done) button").first();
    const stage = await next.locator(".pname").innerText();
    await next.click();
    await page.locator(".pst.cur", { hasText: stage }).waitFor();
    must((await page.locator(".pst.cur button[aria-current=step]").count()) === 1, "one current step");
  },
  "cards without amount are counted, sums are weighted": async ({ open }) => {
    const { page, api } = await open({ path: "/opportunity?view=board" });
    await column(page, 0).locator(".card").first().waitFor();
    const stage = (await api("GET", "/records/stage?sort=position&limit=1")).body.items[0];
    const filter = { field: "stage", op: "eq", value: stage.id };
    const { body } = await api("POST", "/records/opportunity/aggregate", { filter, group_by: [], measures: [{ fn: "count" }, { fn: "count", field: "amount" }] });
    const [count, known] = body.items[0].values;
    await column(page, 0).getByText(String(count), { exact: true }).first().waitFor();
    if (count > known) await column(page, 0).getByText(`${count - known} without amount`).waitFor();
    await column(page, 0).getByText(/weighted$/).waitFor();
  },
  "from card to card by arrows, and beside the board": async ({ open }) => {
    const { page, axe } = await open({ path: "/opportunity?view=board" });
    const card = (c, i) => column(page, c).locator(".card a").nth(i);
    await card(1, 0).waitFor();
    await card(0, 0).focus();
    await page.keyboard.press("ArrowRight");
    must(await card(1, 0).evaluate((element) => element === document.activeElement), "the card beside has the focus");
    await page.keyboard.press("Space");
    const peek = page.getByRole("complementary", { name: /^Beside the list/ });
    await peek.getByRole("heading", { level: 2 }).waitFor();
    await axe();
    await page.keyboard.press("Space");
    await peek.waitFor({ state: "detached" });
  },
  "one column at a time on a phone, in the dark": async ({ open }) => {
    const { page, axe } = await open({ path: "/opportunity?view=board", size: "phone", theme: "dark" });
    await page.locator(".card").first().waitFor();
    must((await page.locator(".column").count()) === 1, "one column");
    await page.getByRole("tab").nth(1).click();
    await axe();
  },
};
