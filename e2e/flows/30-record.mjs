import { must } from "../browser.mjs";

async function editor(page, label) {
  const row = page.locator(".kv-row", { has: page.locator(`dt:text-is("${label}")`) });
  await row.hover();
  await row.getByRole("button", { name: new RegExp(`^(Edit|Add:) ${label}`) }).click();
  return page.locator(".kv-editor");
}

export default {
  "a value is edited in place and stands in the history": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const account = await session.first("account");
    await page.goto(`/account/${account.id}`);
    await page.locator(".rhead h1").waitFor();
    await axe();
    const box = await editor(page, "Name");
    const name = `${account.name} & Töchter`;
    await box.getByRole("textbox").fill(name);
    await axe();
    await page.keyboard.press("Enter");
    await page.getByText("Name saved.").waitFor();
    await page.locator(".rhead h1", { hasText: "& Töchter" }).waitFor();
    await page.getByRole("tab", { name: "Changes" }).click();
    await page.locator("ol li", { hasText: "Töchter" }).first().waitFor();
    await axe();
    await page.getByRole("button", { name: "Take back the change of Name" }).first().click();
    await page.getByText("Name is as it was before.").waitFor();
    must((await session.api("GET", `/records/account/${account.id}`)).body.name === account.name, "the old name is back");
  },
  "a wrong value stays in its field with the reason": async ({ open }) => {
    const session = await open();
    const { page } = session;
    const account = await session.first("account");
    await page.goto(`/account/${account.id}`);
    await page.locator(".rhead h1").waitFor();
    const box = await editor(page, "Name");
    await box.getByRole("textbox").fill("");
    await page.keyboard.press("Enter");
    await box.getByRole("alert").waitFor();
    must(await box.getByRole("textbox").isVisible(), "the editor is still open");
  },
  "two people change the same field": async ({ open }) => {
    const session = await open();
    const { page } = session;
    const account = await session.first("account");
    await page.goto(`/account/${account.id}`);
    await page.locator(".rhead h1").waitFor();
    const box = await editor(page, "Name");
    await session.api("PATCH", `/records/account/${account.id}`, { name: "Written by somebody else" }, { "If-Match": "*" });
    await box.getByRole("textbox").fill("Written by me");
    await page.keyboard.press("Enter");
    await page.getByText("while you were typing").waitFor();
    await page.getByRole("button", { name: "Keep yours" }).click();
    await page.locator(".rhead h1", { hasText: "Written by me" }).waitFor();
    const restored = await session.api("PATCH", `/records/account/${account.id}`, { name: account.name }, { "If-Match": "*" });
    must(restored.status === 200, JSON.stringify(restored));
    await page.locator(".rhead h1", { hasText: account.name }).waitFor(); // by the live stream, without a reload
  },
  "a note, a call and a task are written where they belong": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const contact = await session.first("contact");
    await page.goto(`/contact/${contact.id}`);
    await page.locator(".rhead h1").waitFor();
    await page.locator("body").press("n");
    await page.getByPlaceholder("Write what happened.").fill("Prefers to be called before nine.");
    await axe();
    await page.getByRole("button", { name: "Write note" }).click();
    await page.getByText("Note written.").waitFor();
    await page.locator(".te", { hasText: "before nine" }).waitFor();
    await page.getByRole("button", { name: "Log call" }).first().click();
    await page.getByLabel("Subject").fill("About the delivery");
    await page.locator(".composer").getByRole("button", { name: "Log call" }).click();
    await page.locator(".te", { hasText: "About the delivery" }).waitFor();
    await page.locator(".composer").getByRole("button", { name: /^Task/ }).click();
    await page.getByLabel("Subject").fill("Send the samples");
    await page.getByLabel("Due on").fill("in 2 weeks");
    await page.locator(".composer").getByRole("button", { name: "Add task" }).click();
    await page.getByText("Task added.").waitFor();
    await page.locator(".te", { hasText: "Send the samples" }).waitFor();
  },
  "the next step stands above everything, and an opportunity without one says so": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const deal = await session.api("POST", "/records/opportunity", { name: "Mills for the academy" });
    must(deal.status === 201, JSON.stringify(deal.body));
    await page.goto(`/opportunity/${deal.body.id}`);
    const next = page.getByRole("region", { name: "Next step" });
    await next.getByText("No next step").waitFor();
    await axe();
    const task = await session.api("POST", "/records/task", { subject: "Ask who decides", due_on: "2020-01-01", about: { object: "opportunity", id: deal.body.id } });
    must(task.status === 201, JSON.stringify(task.body));
    await next.getByText(/days late/).waitFor(); // by the live stream
    await next.getByRole("button", { name: "Done" }).click();
    await next.getByText("No next step").waitFor();
    must((await session.api("GET", `/records/task/${task.body.id}`)).body.status === "done", "the task is done");
  },
  "a stage asks for what it needs when it is entered": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const stages = (await session.api("GET", "/records/stage?sort=position&limit=50")).body.items.filter((stage) => stage.kind === "open");
    const [first, second] = stages.filter((stage) => stage.pipeline === stages[0].pipeline);
    const before = second.required_fields;
    await session.api("PATCH", `/records/stage/${second.id}`, { required_fields: "source" }, { "If-Match": "*" });
    const deal = await session.api("POST", "/records/opportunity", { name: "Grinders for the academy", stage: first.id });
    await page.goto(`/opportunity/${deal.body.id}`);
    await page.getByRole("region", { name: "Stages" }).getByRole("button", { name: second.name }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: `Move to ${second.name}` }).click();
    await dialog.getByRole("alert").waitFor();
    await axe();
    await dialog.getByLabel(/^Source/).fill("Trade fair");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    const moved = (await session.api("GET", `/records/opportunity/${deal.body.id}`)).body;
    must(moved.stage === second.id && moved.source === "Trade fair", JSON.stringify([moved.stage, moved.source]));
    await session.api("PATCH", `/records/stage/${second.id}`, { required_fields: before }, { "If-Match": "*" });
  },
  "who can see this, and why": async ({ open }) => {
    const session = await open();
    const account = await session.first("account");
    await session.page.goto(`/account/${account.id}`);
    await session.page.getByRole("button", { name: "Who can see this" }).click();
    await session.page.getByRole("dialog").locator("tbody tr td .who").first().waitFor();
    await session.axe();
  },
  "what does not exist looks like what is denied": async ({ open }) => {
    const { page, axe } = await open({ path: "/account/01990000-0000-7000-8000-000000000000" });
    await page.getByRole("heading", { name: "Not found" }).waitFor();
    await axe();
  },
  "a new record: all wrong fields at once": async ({ open }) => {
    const { page, axe } = await open({ path: "/opportunity" });
    await page.getByRole("button", { name: "New opportunity" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Amount", { exact: true }).fill("a lot");
    await dialog.getByRole("button", { name: "Create opportunity" }).click();
    await dialog.getByRole("alert").first().waitFor();
    must((await dialog.getByRole("alert").count()) >= 2, "name and amount are both named");
    await axe();
    await dialog.getByLabel(/^Name/).fill("Twelve machines for the canteen");
    await dialog.getByLabel("Amount", { exact: true }).fill("12,500.50");
    await dialog.getByRole("button", { name: "Create opportunity" }).click();
    await page.locator(".rhead h1", { hasText: "Twelve machines" }).waitFor();
    await page.getByText("€12,500.50").first().waitFor();
  },
  "through the list that one came from, without going back to it": async ({ open }) => {
    const { page, axe } = await open({ path: "/contact" });
    await page.locator(".grid-row[aria-rowindex]").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    const place = page.getByRole("group", { name: /^1 of / });
    await place.waitFor();
    const first = await page.locator(".rhead h1").textContent();
    await page.keyboard.press("j");
    const second = page.getByRole("group", { name: /^2 of / });
    await second.waitFor();
    await axe();
    await second.getByRole("button", { name: "Next" }).click();
    await page.getByRole("group", { name: /^3 of / }).waitFor();
    must(await page.evaluate(() => document.activeElement?.getAttribute("data-step") === "after"), "the button keeps the focus");
    await page.locator("body").press("k");
    await second.waitFor();
    await page.locator("body").press("k");
    await place.waitFor();
    must((await page.locator(".rhead h1").textContent()) === first, "back at the first");
    await place.getByRole("button", { name: "Previous" }).click({ force: true }); // there is none: nothing happens
    must(await place.isVisible(), "still the first");
  },
  "the panel beside a list closes by Escape at the first record too": async ({ open }) => {
    const { page } = await open({ path: "/contact" });
    await page.locator(".grid-row[aria-rowindex]").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press(" ");
    const panel = page.getByRole("complementary", { name: /Beside the list/ });
    await panel.getByText(/^2 of /).waitFor();
    await panel.getByRole("button", { name: "Previous" }).click();
    await panel.getByText(/^1 of /).waitFor();
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "detached" });
  },
  "may I call, may I write, and what stands above it when I may not": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const employer = await session.first("account");
    const home = (await session.api("POST", "/records/account", { name: "Familie Größwang", kind: "household" })).body;
    const people = [];
    for (const [first_name, last_name] of [["Resi", "Größwang"], ["Toni", "Größwang"]]) {
      const made = await session.api("POST", "/records/contact", { first_name, last_name, email: `${first_name}@example.org`, phone: "+49 8031 555999", account: employer.id, household: home.id });
      must(made.status === 201, JSON.stringify(made.body));
      people.push(made.body);
    }
    await page.goto(`/contact/${people[0].id}`);
    const may = page.getByRole("region", { name: "May I?" });
    await may.getByText("Call: yes").waitFor();
    await may.getByText("Advertise by e-mail: no").waitFor();
    const groups = page.getByRole("region", { name: "Belongs to" });
    await groups.getByText("Toni Größwang").waitFor();
    await groups.getByText("Employer").waitFor();
    await axe();
    const dead = await session.api("POST", "/records/restriction", { contact: people[0].id, kind: "deceased", since: new Date().toISOString() });
    must(dead.status === 201, JSON.stringify(dead.body));
    await page.reload();
    await page.getByText("Do not call, do not write.").waitFor();
    await axe();
  },
  "files are looked at where they are, and what did not arrive is sent again": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const account = await session.first("account");
    await page.goto(`/account/${account.id}`);
    await page.getByRole("tab", { name: "Files" }).click();
    await page.route("**/files", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    const text = { name: "waves.txt", mimeType: "text/plain", buffer: Buffer.from("Four waves\nsuit us better.") };
    await page.locator("input[type=file]").setInputFiles([text]);
    await page.getByRole("alert").getByText("waves.txt").waitFor();
    await page.unroute("**/files");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: "waves.txt", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("suit us better.").waitFor();
    await axe();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    // Dropped, as a browser tells of it.
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="), (c) => c.charCodeAt(0));
      transfer.items.add(new File([bytes], "dot.png", { type: "image/png" }));
      return transfer;
    });
    await page.getByText("or drop files here").dispatchEvent("drop", { dataTransfer: dropped });
    await page.getByRole("button", { name: "dot.png", exact: true }).click();
    await dialog.locator("img").waitFor();
    must(await dialog.locator("img").evaluate((img) => img.decode().then(() => img.naturalWidth === 1)), "the picture is drawn");
  },
};
