import { must, signIn } from "../browser.mjs";

export default {
  "a wrong password is refused in words, the right one opens": async ({ open, server }) => {
    const { page, axe } = await open({ as: null });
    await page.getByLabel("E-mail").fill(server.people[0].email);
    await page.locator("input[type=password]").fill("certainly not this one");
    await page.locator("button[type=submit]").click();
    await page.getByText("E-mail or password is not right").waitFor();
    await axe();
    await signIn(page, server.people[0]);
    await page.waitForURL(/\/(my-day|opportunity|contact|account)/);
  },
  "an address that was shared opens after signing in": async ({ open, server }) => {
    const { page } = await open({ as: null });
    await page.goto("/contact?sort=-updated_at");
    await signIn(page, server.people[0]);
    await page.getByRole("heading", { name: "Contacts" }).waitFor();
    must(page.url().includes("sort=-updated_at"), page.url());
  },
  "the page speaks German when the browser does": async ({ open }) => {
    const { page, axe } = await open({ as: null, language: "de-DE", theme: "dark" });
    await page.getByRole("heading", { name: "Anmelden" }).waitFor();
    must((await page.locator("html").getAttribute("lang")) === "de", "the page says it is German");
    await axe();
  },
  "signing out leaves nothing behind": async ({ open }) => {
    const { page } = await open();
    await page.locator(".me").click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto("/contact");
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  },
};
