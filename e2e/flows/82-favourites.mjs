import { must } from "../browser.mjs";

const side = (page) => page.getByRole("complementary").getByRole("group", { name: "Favourites" });
const names = async (page) => (await side(page).getByRole("link").allInnerTexts()).map((text) => text.trim().split("\n").pop());
const star = (page) => page.getByRole("button", { name: "Favourite", exact: true });
/** The order once it is this one: others' writes come by the live stream. */
const stands = (page, wanted) =>
  page.waitForFunction((want) => [...document.querySelectorAll(".fav a > span:last-child")].map((one) => one.textContent).join("|") === want, wanted.join("|"));

async function make(session, object, values) {
  const made = await session.api("POST", `/records/${object}`, values);
  must(made.status === 201, JSON.stringify(made.body));
  return made.body.id;
}
const mark = (session, object, id) => make(session, "favourite", { target: { object, id } });
async function clear(session) {
  for (const { id } of (await session.api("GET", "/records/favourite?limit=200")).body.items) await session.api("DELETE", `/records/favourite/${id}`);
}

export default {
  "a record and a view are kept at hand and let go": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    await clear(session);
    const account = await make(session, "account", { name: "Rösthaus am See", kind: "organisation" });
    const view = await make(session, "view", { name: "Lake customers", object: "account" });
    await page.goto(`/account/${account}`);
    await star(page).click();
    await side(page).getByRole("link", { name: "Rösthaus am See" }).waitFor();
    must((await star(page).getAttribute("aria-pressed")) === "true", "the star is pressed");
    await axe();
    await page.goto(`/account?saved=${view}`);
    await star(page).click();
    await stands(page, ["Rösthaus am See", "Lake customers"]);
    await axe();
    await side(page).getByRole("link", { name: "Rösthaus am See" }).click();
    await page.getByRole("heading", { name: "Rösthaus am See" }).waitFor();
    await side(page).getByRole("link", { name: "Lake customers" }).click();
    await page.waitForFunction((id) => location.search.includes(id), view);
    must((await side(page).locator("[aria-current=page]").innerText()).includes("Lake customers"), "its place is the current one");
    // a second mark of the same, as of another screen, is refused
    const again = await session.api("POST", "/records/favourite", { target: { object: "view", id: view } });
    must(again.status === 422 && again.body.errors[0].code === "value_taken", JSON.stringify(again.body));
    await star(page).click();
    await page.getByText("“Lake customers” is no favourite any more.").waitFor();
    await stands(page, ["Rösthaus am See"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await stands(page, ["Rösthaus am See", "Lake customers"]);
    // what is archived goes without a word, and comes back with its record
    await session.api("DELETE", `/records/account/${account}`);
    await stands(page, ["Lake customers"]);
    await session.api("POST", `/records/account/${account}/restoration`, {});
    await stands(page, ["Rösthaus am See", "Lake customers"]);
    await clear(session);
    await side(page).waitFor({ state: "detached" });
  },
  "favourites are put in order by keys and by dragging": async ({ open }) => {
    const session = await open();
    const { page } = session;
    await clear(session);
    for (const name of ["Ahorn", "Birke", "Cypress"]) await mark(session, "account", await make(session, "account", { name, kind: "organisation" }));
    await page.goto("/account");
    await stands(page, ["Ahorn", "Birke", "Cypress"]);
    const link = (name) => side(page).getByRole("link", { name });
    await link("Cypress").focus();
    await page.keyboard.press("Alt+ArrowUp");
    await stands(page, ["Ahorn", "Cypress", "Birke"]);
    await page.getByText("“Cypress” is now 2 of 3.").waitFor();
    must(await link("Cypress").evaluate((one) => one === document.activeElement), "the focus stays with what was moved");
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByText("“Cypress” is now 1 of 3.").waitFor();
    await page.keyboard.press("Alt+ArrowDown");
    await stands(page, ["Ahorn", "Cypress", "Birke"]);
    await page.reload();
    await stands(page, ["Ahorn", "Cypress", "Birke"]);
    await link("Ahorn").dragTo(link("Birke"));
    await stands(page, ["Cypress", "Birke", "Ahorn"]);
    await page.getByRole("button", { name: "Undo" }).click();
    await stands(page, ["Ahorn", "Cypress", "Birke"]);
    await page.reload();
    await stands(page, ["Ahorn", "Cypress", "Birke"]);
    must((await names(page)).length === 3, "three places");
    await clear(session);
  },
  "nobody else has them": async ({ open, server }) => {
    if (server.people.length < 2) return console.log("SKIPPED: only one sign-in known");
    const session = await open();
    await clear(session);
    const id = await mark(session, "account", (await session.first("account")).id);
    const other = await open({ as: 1 });
    must((await other.api("GET", `/records/favourite/${id}`)).status === 404, "it is not there for others");
    await clear(session);
  },
  "on a phone they stand above all places, also in the dark": async ({ open }) => {
    const session = await open({ size: "phone", theme: "dark" });
    const { page, axe } = session;
    await clear(session);
    const account = await make(session, "account", { name: "Rösterei Waldblick", kind: "organisation" });
    await page.goto(`/account/${account}`);
    await star(page).click();
    await page.waitForFunction(() => document.querySelector("button[aria-pressed=true]") !== null);
    await page.goto("/my-day");
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Rösterei Waldblick" }).waitFor();
    await axe();
    await page.getByRole("menuitem", { name: "Rösterei Waldblick" }).click();
    await page.getByRole("heading", { name: "Rösterei Waldblick" }).waitFor();
    must(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), "nothing stands out at the side");
    await clear(session);
  },
};
