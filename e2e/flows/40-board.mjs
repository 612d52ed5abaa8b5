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
  "one column at a time on a phone, in the dark": async ({ open }) => {
    const { page, axe } = await open({ path: "/opportunity?view=board", size: "phone", theme: "dark" });
    await page.locator(".card").first().waitFor();
    must((await page.locator(".column").count()) === 1, "one column");
    await page.getByRole("tab").nth(1).click();
    await axe();
  },
};
