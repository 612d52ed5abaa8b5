// Every screen once in light, in dark and on a phone: no finding by axe, nothing on the console, nothing wider than the
// screen. With RAPPORT_SCREENS=1 the pictures in docs/screens are made anew.
import { mkdirSync } from "node:fs";
import { must } from "../browser.mjs";

const FOLDER = new URL("../../docs/screens/", import.meta.url).pathname;
const WAYS = { light: { theme: "light" }, dark: { theme: "dark" }, phone: { size: "phone" } };

/** The queue of duplicates is empty until two records are alike and somebody has looked. */
async function onePair(session) {
  const waiting = async () => (await session.api("GET", "/duplicates/contact?limit=1")).body.items.length > 0;
  if (await waiting()) return;
  for (const first_name of ["Ada", "Adah"]) await session.api("POST", "/records/contact", { first_name, last_name: "Bildermann", email: "ada@bildermann.example", city: "Bern" });
  await session.api("POST", "/duplicates/contact/search");
  for (let tries = 0; tries < 60; tries += 1) {
    if (await waiting()) return;
    await session.page.waitForTimeout(500);
  }
  throw new Error("no duplicates were found within 30 s");
}

async function walk(open, way) {
  const session = await open(WAYS[way]);
  const { page } = session;
  const contact = (await session.api("GET", `/records/contact?limit=1&sort=-created_at`)).body.items[0];
  const deal = await session.first("opportunity", `&filter=${encodeURIComponent(JSON.stringify({ field: "stage.kind", op: "eq", value: "open" }))}`);
  const heading = (name) => page.getByRole("heading", { name, level: 1 }).first().waitFor();
  const at = async (path, ready) => {
    await page.goto(path);
    await ready();
  };
  const screens = {
    "my-day": () => at("/my-day", () => heading(/./)),
    calendar: () => at("/calendar", () => heading(/./)),
    list: () => at("/contact", () => page.getByText(contact.full_name).first().or(page.locator(".grid-row[aria-rowindex], [role=listitem]").first()).first().waitFor()),
    board: () => at("/opportunity?view=board", () => page.locator(".card").first().waitFor()),
    person: () => at(`/contact/${contact.id}`, () => page.locator(".rhead h1").waitFor()),
    opportunity: () => at(`/opportunity/${deal.id}`, () => page.locator(".rhead h1").waitFor()),
    forecast: () => at("/sales/forecast", () => heading("Forecast")),
    search: () => at("/search?q=Gr%C3%B6%C3%9Fwang", () => heading(/./)),
    import: () => at("/imports", () => page.getByLabel("What is in the file").waitFor()),
    duplicates: async () => {
      await onePair(session);
      await at("/duplicates/contact", () => page.getByRole("region", { name: "Compare" }).getByRole("table").waitFor());
    },
    settings: () => at("/settings", () => page.getByText("This one").waitFor()),
    users: () => at("/admin/users", () => heading("Users")),
    roles: () => at("/admin/roles", () => page.getByRole("table").first().waitFor()),
    log: () => at("/admin/log", () => page.getByRole("table").waitFor()),
    backups: () => at("/admin/backups", () => heading("Backups")),
    objects: () => at("/admin/objects", () => heading("Objects and fields")),
    object: () => at("/admin/objects/contact", () => heading(/./)),
    palette: async () => {
      await page.keyboard.press("Control+k");
      await page.getByRole("listbox").waitFor();
    },
  };
  if (process.env.RAPPORT_SCREENS) mkdirSync(FOLDER, { recursive: true });
  for (const [name, go] of Object.entries(screens)) {
    try {
      await go();
      await page.waitForLoadState("networkidle").catch(() => undefined); // the live stream may keep it busy
      await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
      await session.axe();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      must(wide <= 0, `${wide} px wider than the screen`);
      if (process.env.RAPPORT_SCREENS) await page.screenshot({ path: `${FOLDER}${name}-${way}.jpg`, type: "jpeg", quality: 55 });
    } catch (error) {
      throw new Error(`${name}: ${error.message}`);
    }
  }
}

export default Object.fromEntries(Object.keys(WAYS).map((way) => [`every screen, ${way}`, ({ open }) => walk(open, way)]));
