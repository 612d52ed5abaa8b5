import { must } from "../browser.mjs";

export default {
  "the palette finds a record by the beginning of its name": async ({ open }) => {
    const session = await open({ path: "/opportunity" });
    const { page, axe } = session;
    const contact = await session.first("contact", "&sort=-created_at");
    // the key is heard once the screen stands
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill(String(contact.full_name).slice(0, 6));
    await page.getByRole("option").first().waitFor();
    await axe();
    await page.getByRole("combobox").fill(contact.full_name);
    await page.getByRole("option", { name: contact.full_name }).first().waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".rhead h1", { hasText: contact.full_name }).waitFor();
  },
  "the palette does things, and knows what was looked at": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const account = await session.first("account");
    await page.goto(`/account/${account.id}`);
    await page.locator(".rhead h1").waitFor();
    await page.goto("/contact");
    await page.locator(".grid-row").first().waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("option", { name: account.name }).waitFor();
    await axe();
    await page.getByRole("combobox").fill("Theme: Dark");
    await page.getByRole("option", { name: "Theme: Dark", exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator("html[data-theme=dark]").waitFor();
    await page.goto(`/account/${account.id}`);
    await page.locator(".rhead h1").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("option", { name: "Add task" }).click();
    await page.getByLabel("Due on").waitFor();
    const kept = await page.evaluate(() => localStorage.getItem("rapport.recent"));
    must(kept.includes(account.id) && !kept.includes(account.name), "ids are kept, and no names");
  },
  "numbers are written and read as one wants": async ({ open }) => {
    const session = await open({ path: "/settings" });
    const { page } = session;
    await page.getByLabel("Numbers").selectOption("dot");
    const deal = await session.api("POST", "/records/opportunity", { name: "Written with a point", amount: { amount: "12500.5", currency: "EUR" } });
    await page.goto(`/opportunity/${deal.body.id}`);
    await page.getByText("12.500,50").first().waitFor();
  },
  "keys have a sheet": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact" });
    await page.locator(".grid-row").first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).getByRole("region", { name: "In this list" }).getByText("Beside the list").waitFor();
    await axe();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  },
  "settings: display, devices, tokens": async ({ open }) => {
    const session = await open({ path: "/settings" });
    const { page, axe } = session;
    await page.getByText("This one").waitFor();
    await axe();
    await page.getByLabel("Language").selectOption("de");
    await page.getByRole("heading", { name: "Einstellungen" }).waitFor();
    await page.getByLabel("Sprache").selectOption("en");
    await page.getByRole("button", { name: "New token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/What it is for/).fill("nightly export");
    await dialog.getByRole("button", { name: "New token" }).click();
    await dialog.getByText(/^rpt_/).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Revoke" }).last().click();
  },
  "a custom field appears on the screens at once": async ({ open }) => {
    const session = await open({ path: "/admin/objects/account" });
    const { page, axe } = session;
    await page.getByRole("button", { name: "Add field" }).click();
    await axe();
    const label = `Coffee kind ${Date.now() % 10_000}`;
    await page.getByRole("dialog").getByLabel(/^Label/).fill(label);
    await page.getByRole("dialog").getByLabel("Type").selectOption({ label: "Choice" });
    await page.getByRole("dialog").getByLabel(/^Options/).fill("Espresso\nFilter");
    await page.getByRole("dialog").getByRole("button", { name: "Add field" }).click();
    await page.getByRole("cell", { name: new RegExp(label) }).first().waitFor();
    const account = await session.first("account");
    await page.goto(`/account/${account.id}`);
    await page.getByRole("button", { name: /Show \d+ more fields/ }).click();
    await page.locator(".kv-row", { hasText: label }).waitFor();
    await page.goto("/admin/objects/account");
    await page.getByRole("button", { name: `Archive ${label}` }).click();
    await page.getByText(`${label} archived.`).waitFor();
  },
  "objects and users have lists": async ({ open }) => {
    const { page, axe } = await open({ path: "/admin/objects" });
    await page.getByRole("link", { name: "Contact", exact: true }).waitFor();
    await axe();
    await page.goto("/admin/users");
    await page.locator(".grid-row[aria-rowindex]").first().waitFor();
    await axe();
  },
  "a rep sees their own part of the world": async ({ open, server }) => {
    if (server.people.length < 2) return console.log("SKIPPED: only one sign-in known");
    const boss = await open({ as: 0, path: "/contact" });
    const rep = await open({ as: 1, path: "/contact" });
    await boss.page.locator(".list-foot", { hasText: /\d/ }).waitFor();
    await rep.page.locator(".list-foot", { hasText: /\d/ }).waitFor();
    const all = (await boss.api("GET", "/records/contact?limit=1&count=exact")).body.total;
    const own = (await rep.api("GET", "/records/contact?limit=1&count=exact")).body.total;
    must(own < all, `a rep counts ${own}, the administrator ${all}`);
    must((await rep.page.getByRole("link", { name: "Objects and fields" }).count()) === 0, "no administration for a rep");
    await rep.axe();
  },
};
