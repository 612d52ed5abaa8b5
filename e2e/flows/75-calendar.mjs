import { must } from "../browser.mjs";

const at = (days, hour) => {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour).toISOString();
};

export default {
  "a meeting is planned, moved by its dialog and taken back": async ({ open }) => {
    const session = await open({ path: "/calendar?view=day" });
    const { page, axe } = session;
    await page.getByRole("button", { name: "Plan meeting" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Subject").fill("Tasting at the stand");
    await dialog.getByLabel(/^Time/).fill("10:30");
    await axe();
    await dialog.getByRole("button", { name: "Plan meeting" }).click();
    const box = page.getByRole("button", { name: /Tasting at the stand/ });
    await box.first().waitFor();
    await axe();
    await box.first().click();
    await page.getByRole("dialog").getByRole("button", { name: "A day later" }).click();
    await page.getByText("“Tasting at the stand” moved to").waitFor();
    await box.first().waitFor({ state: "detached" });
    await page.locator(".toast", { hasText: "moved to" }).getByRole("button", { name: "Undo" }).click();
    await box.first().waitFor();
  },
  "a meeting is dragged to another hour and keeps its length": async ({ open }) => {
    const session = await open();
    const { page } = session;
    const made = await session.api("POST", "/records/meeting", { subject: "Drag me", starts_at: at(0, 9), ends_at: at(0, 10) });
    must(made.status === 201, JSON.stringify(made.body));
    await page.goto("/calendar?view=day");
    const box = page.locator(".ev", { hasText: "Drag me" });
    await box.waitFor();
    await box.scrollIntoViewIfNeeded();
    const from = await box.boundingBox();
    await page.mouse.move(from.x + 40, from.y + 6);
    await page.mouse.down();
    await page.mouse.move(from.x + 42, from.y + 30, { steps: 4 });
    await page.mouse.move(from.x + 42, from.y + 6 + 96, { steps: 8 });
    await page.mouse.up();
    await page.getByText("“Drag me” moved to").waitFor();
    const moved = (await session.api("GET", `/records/meeting/${made.body.id}`)).body;
    must(Date.parse(moved.starts_at) === Date.parse(at(0, 11)), `two hours later: ${moved.starts_at}`);
    must(Date.parse(moved.ends_at) - Date.parse(moved.starts_at) === 3_600_000, "still an hour long");
  },
  "what repeats stands on each of its days, in every view": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const made = await session.api("POST", "/records/meeting", { subject: "Stand-up", starts_at: at(0, 8), ends_at: at(0, 9), rrule: "FREQ=DAILY;COUNT=5" });
    must(made.status === 201, JSON.stringify(made.body));
    await page.goto("/calendar?view=agenda");
    const boxes = page.getByRole("button", { name: /Stand-up/ });
    await boxes.nth(4).waitFor();
    must((await boxes.count()) === 5, "five times and no sixth");
    await axe();
    await boxes.first().click();
    await page.getByText("This repeats. Open it to change the whole series.").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("body").press("m");
    await page.getByRole("button", { name: "Month", pressed: true }).waitFor();
    await axe();
    await page.locator("body").press("w");
    await boxes.first().waitFor();
    await axe();
  },
  "the calendar on a phone is a list": async ({ open }) => {
    const { page, axe } = await open({ path: "/calendar", size: "phone" });
    await page.getByRole("button", { name: "Agenda", pressed: true }).waitFor();
    await axe();
  },
};
