import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { FRESH_PASSWORD } from "./people.mjs";

const WEB = new URL("../web/", import.meta.url).pathname;
const require = createRequire(join(WEB, "package.json"));
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const PICTURES = join(WEB, "test-results");
// Without these a closed network refuses the browser's own calls, many at a time.
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
/** Passwords that a test had to choose at a first sign-in, by e-mail. */
const chosen = new Map();

export async function openBrowser() {
  const browser = await chromium.launch({ executablePath: process.env.CHROME_BIN ?? "/usr/bin/chromium", args: FLAGS });
  return { session: (server, options) => newSession(browser, server, options), close: () => browser.close() };
}

/** A person at a screen of their own. `as` is the place in the list of sign-ins, or null for nobody. */
async function newSession(browser, server, { as = 0, size = "desktop", theme = "light", language = "en-GB", path = "/" } = {}) {
  const context = await browser.newContext({ viewport: SIZES[size], isMobile: size === "phone", hasTouch: size === "phone", colorScheme: theme, locale: language, acceptDownloads: true, baseURL: server.url });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    // A refused request is an answer that screens show; anything else on the console is a fault of ours.
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  const session = {
    page,
    complaints: () => errors,
    close: () => context.close(),
    picture: async (name) => {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}.png`) }).catch(() => undefined);
    },
    axe: () => axe(page),
    /** Calls the API as this person, past the screens. */
    api: (method, route, body, headers = {}) =>
      page.evaluate(
        async ([m, r, b, h]) => {
          const me = await (await fetch("/api/v1/me")).json();
          const response = await fetch(`/api/v1${r}`, { method: m, headers: { "Content-Type": "application/json", "X-CSRF-Token": me.csrf_token, ...h }, body: b ? JSON.stringify(b) : undefined });
          const text = await response.text();
          return { status: response.status, body: text ? JSON.parse(text) : null };
        },
        [method, route, body, headers],
      ),
    first: async (object, query = "") => (await session.api("GET", `/records/${object}?limit=1${query}`)).body.items[0],
  };
  await page.goto("/");
  if (as !== null) await signIn(page, server.people[as]);
  if (path !== "/") await page.goto(path);
  return session;
}

export async function signIn(page, person) {
  const email = page.getByLabel("E-mail");
  const inside = page.getByRole("navigation", { name: /Areas|Bereiche/ }).first();
  await email.or(inside).first().waitFor();
  if (await inside.isVisible()) return;
  await email.fill(person.email);
  await page.locator("input[type=password]").fill(chosen.get(person.email) ?? person.password);
  await page.locator("button[type=submit]").click();
  const fresh = page.locator("input[autocomplete=new-password]").first();
  await fresh.or(inside).first().waitFor();
  if (await inside.isVisible()) return;
  await page.locator("input[autocomplete=current-password]").fill(person.password);
  for (const box of await page.locator("input[autocomplete=new-password]").all()) await box.fill(FRESH_PASSWORD);
  await page.locator("button[type=submit]").click();
  await inside.waitFor();
  chosen.set(person.email, FRESH_PASSWORD);
}

/** WCAG 2.2 AA by axe on what is on screen now; throws with what it found. */
async function axe(page) {
  await page.waitForTimeout(250); // a menu that fades in has no contrast yet
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    // While a popover is open the kit hides the rest of the page and puts two unseen "dismiss" buttons beside it.
    const open = document.querySelector(".popover") !== null;
    // A dialog hides the page behind it, with its main part and heading; axe tells that itself from most dialogs, not from all.
    const dialog = document.querySelector(".scrim [role=dialog]") !== null;
    const rules = {
      ...(open ? { region: { enabled: false }, "aria-hidden-focus": { enabled: false } } : {}),
      ...(dialog ? { "landmark-one-main": { enabled: false }, "page-has-heading-one": { enabled: false } } : {}),
    };
    const result = await window.axe.run(document, { rules, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return result.violations.map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary?.split("\n")[1] ?? ""}`).join(" || ")}`);
  });
  if (found.length) throw new Error(`axe: ${found.join("\n")}`);
}

export function must(condition, message) {
  if (!condition) throw new Error(message);
}
