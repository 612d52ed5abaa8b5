import { must } from "../browser.mjs";

async function make(session, object, body) {
  const made = await session.api("POST", `/records/${object}`, body);
  must(made.status === 201, `${object}: ${JSON.stringify(made.body)}`);
  return made.body;
}

/** Somebody who reports to whoever is signed in, with a committed deal, a quota and a won deal in this quarter. */
async function report(session) {
  const me = (await session.api("GET", "/me")).body.user;
  const now = new Date();
  const end = new Date(Date.UTC(now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3) * 3 + 3, 0)).toISOString().slice(0, 10);
  const start = new Date(Date.UTC(now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3) * 3, 1)).toISOString().slice(0, 10);
  const name = `Olga Prognova ${Date.now() % 100_000}`;
  const person = await make(session, "user", { name, manager: me.id });
  const stage = (await session.api("GET", `/records/stage?filter=${encodeURIComponent(JSON.stringify({ field: "kind", op: "eq", value: "open" }))}&sort=position&limit=1`)).body.items[0];
  await make(session, "opportunity", { name: "Roaster for Olga", owner: person.id, amount: "12000", close_date: end, stage: stage.id, forecast_category: "commit", probability: "50" });
  await make(session, "quota", { owner: person.id, period_start: start, amount: "24000" });
  return { name, person };
}

export default {
  "a manager reads the forecast, judges, drills down and looks back": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const { name } = await report(session);
    await page.goto("/my-day");
    await page.getByRole("link", { name: "Forecast" }).click();
    const line = page.getByRole("row", { name: new RegExp(name) });
    await line.getByText("€12,000").first().waitFor();
    await line.getByText("€24,000").waitFor();
    await line.getByText("0.5×").waitFor();
    await axe();
    await session.picture("forecast-light");

    await line.getByRole("button", { name: `Override commit of ${name}` }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Amount").fill("9000");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("Say why you see it differently.").waitFor();
    await axe();
    await dialog.getByLabel("Reason").fill("They always slip");
    await session.picture("forecast-override");
    await dialog.getByRole("button", { name: "Save" }).click();
    await line.getByText("€9,000").waitFor();
    await line.getByText("calculated").waitFor();

    // the number leads to its deals, the list to the list
    await line.getByRole("link", { name: "€12,000" }).last().click();
    await page.getByText("Roaster for Olga").first().waitFor();
    await page.goBack();
    await line.getByText("€9,000").waitFor();

    await page.getByRole("heading", { name: "What moved" }).waitFor();
    await page.getByRole("row", { name: /^New/ }).getByRole("link").waitFor();
    await page.getByRole("button", { name: "Year" }).click();
    await page.waitForURL(/by=year/);
    await page.getByRole("button", { name: "Quarter", exact: true }).click();
    await page.getByRole("button", { name: "Period before" }).click();
    await page.waitForURL(/period=/);
    await axe();
    await page.getByRole("button", { name: "Now", exact: true }).click();

    await line.getByRole("button", { name: `Override commit of ${name}` }).click();
    await dialog.getByRole("button", { name: "Take it away" }).click();
    await line.getByText("calculated").waitFor({ state: "detached" });
  },
  "the forecast in dark, and as cards on a phone in German": async ({ open }) => {
    const dark = await open({ theme: "dark", path: "/sales/forecast" });
    await dark.page.getByRole("table").first().waitFor();
    await dark.axe();
    await dark.picture("forecast-dark");
    const phone = await open({ size: "phone", language: "de-DE", path: "/sales/forecast" });
    await phone.page.getByRole("heading", { name: "Prognose" }).waitFor();
    await phone.page.getByText("Deckung").first().waitFor();
    await phone.axe();
    const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    must(wide <= 0, `${wide} px wider than the screen`);
    await phone.picture("forecast-phone");
  },
};
