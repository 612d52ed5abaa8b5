import { must } from "../browser.mjs";

async function make(session, object, body) {
  const made = await session.api("POST", `/records/${object}`, body);
  must(made.status === 201, JSON.stringify(made.body));
  return made.body;
}

/** Two records of one person, with something that hangs on the second. */
async function twins(session, last, phone) {
  const first = await make(session, "contact", { first_name: "Ada", last_name: last, email: `ada@${last.toLowerCase()}.example`, city: "London" });
  const second = await make(session, "contact", { first_name: "Adah", last_name: last, email: `ada@${last.toLowerCase()}.example`, phone });
  const task = await make(session, "task", { subject: `Call ${last}`, contact: second.id });
  return { first, second, task };
}

export default {
  "a record says what it may be the same as, is merged, and comes back": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const { first, second, task } = await twins(session, "Byronova", "+44 20 7946 0018");
    await page.goto(`/contact/${first.id}`);
    await page.getByText("One possible duplicate").waitFor();
    await axe();
    await page.getByRole("button", { name: "Compare" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("E-mail: the same").waitFor();
    await dialog.getByText("Adah Byronova").first().waitFor();
    await axe();
    await session.picture("duplicates-compare");
    await dialog.getByRole("radio", { name: "First name of Adah Byronova" }).check();
    await dialog.getByRole("button", { name: "Merge", exact: true }).click();
    await page.getByText("Merged; one record followed").waitFor();
    await page.locator(".rhead h1", { hasText: "Adah Byronova" }).waitFor();
    await page.getByText("Holds another record since").waitFor();
    const moved = await session.api("GET", `/records/task/${task.id}`);
    must(moved.body.contact === first.id, "the task followed");
    await page.goto(`/contact/${second.id}`);
    await page.getByText("This record was merged into another one.").waitFor();
    await axe();
    await page.getByRole("link", { name: "Open it" }).click();
    await page.getByRole("button", { name: "Take back" }).click();
    await page.getByText("Both records are there again").first().waitFor();
    const back = await session.api("GET", `/records/contact/${first.id}`);
    must(back.body.first_name === "Ada", "the first name is as it was");
    must((await session.api("GET", `/records/contact/${second.id}`)).body.archived_at === null, "the other one is back");
  },
  "who is about to be added twice is told while typing": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    await make(session, "contact", { first_name: "Ida", last_name: "Lovelacova", email: "ida@lovelacova.example" });
    await page.goto("/contact");
    await page.getByRole("button", { name: /New contact/ }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Last name").fill("Lovelacova");
    await dialog.getByLabel("First name").fill("Ida");
    await dialog.getByLabel("E-mail").first().fill("ida@lovelacova.example");
    await dialog.getByText("Looks like").waitFor();
    await dialog.getByRole("link", { name: "Ida Lovelacova" }).waitFor();
    await axe();
  },
  "the queue is searched, one pair is told apart, one is merged": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    await twins(session, "Queuemann", "+44 20 7946 0227");
    await twins(session, "Reihenfeld", "+44 20 7946 0931");
    await page.goto("/duplicates/contact");
    await page.getByRole("button", { name: "Search now" }).click();
    await page.getByText("Ada Queuemann").first().waitFor({ timeout: 30_000 });
    await page.locator("li button", { hasText: "Queuemann" }).first().click();
    await page.getByText("E-mail: the same").waitFor();
    const lit = () => page.locator(".side .nav[aria-current=page]").allInnerTexts();
    must((await lit()).join() === "Duplicates", `lit in the sidebar: ${await lit()}`);
    await axe();
    await session.picture("duplicates-queue");
    await page.getByRole("button", { name: "Not a duplicate" }).click();
    await page.getByText("Remembered: two different records").waitFor();
    await page.locator("li button", { hasText: "Queuemann" }).first().waitFor({ state: "detached" });
    await page.locator("li button", { hasText: "Reihenfeld" }).first().click();
    await page.getByRole("button", { name: "Merge", exact: true }).click();
    await page.getByText("Merged; one record followed").waitFor();
    const dark = await open({ theme: "dark", path: "/duplicates/contact" });
    await dark.page.locator("h1").first().waitFor();
    await dark.axe();
    await dark.picture("duplicates-dark");
    const phone = await open({ size: "phone", language: "de-DE", path: "/duplicates/contact" });
    await phone.page.getByRole("link", { name: "Kontakte" }).first().waitFor();
    const whole = await phone.page.locator("h1").first().evaluate((title) => title.innerText === "Dubletten" && title.scrollWidth <= title.clientWidth);
    must(whole, "the title is cut on the phone");
    await phone.axe();
    await phone.picture("duplicates-phone");
  },
};
