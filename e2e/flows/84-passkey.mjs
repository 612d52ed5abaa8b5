// Passkeys with Chromium's virtual authenticator (WebAuthn.addVirtualAuthenticator), and the question whether it is you.
import { must, signIn } from "../browser.mjs";

/** Keys belong to a name: the same server by its name. */
const byName = (server) => server.url.replace("127.0.0.1", "localhost");

async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable", { enableUI: false });
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
  });
  return {
    verifies: (yes) => cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: yes }),
    keys: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
}

const out = async (page) => {
  await page.locator(".me").click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
};
const addPasskey = async (page, name) => {
  await page.getByRole("button", { name: "New passkey" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(name);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("Passkey added.").waitFor();
};
/** The server answers as it does when the sign-in is long ago, until somebody proves who they are. */
async function longAgo(page, route) {
  let proven = false;
  await page.route("**/api/v1/auth/fresh", async (call) => {
    const response = await call.fetch();
    if (call.request().method() === "POST" && response.ok()) proven = true;
    await call.fulfill({ response });
  });
  await page.route(route, (call) =>
    proven || call.request().method() !== "POST"
      ? call.continue()
      : call.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify({ title: "Forbidden", status: 403, code: "fresh_sign_in_needed", detail: "long ago", errors: [] }) }),
  );
}

export default {
  "a passkey is made, signs in without e-mail or password, is renamed and removed": async ({ open, server }) => {
    const { page, axe } = await open({ as: null });
    await page.goto(byName(server));
    const device = await authenticator(page);
    await signIn(page, server.people[0]);
    await page.goto(`${byName(server)}/settings`);
    await addPasskey(page, "Work laptop");
    await page.getByText("not used yet").waitFor();
    must((await device.keys())[0].isResidentCredential, "the key knows by itself whose it is");
    await axe();
    await out(page);
    await axe();
    // Where the browser offers keys below the e-mail, the virtual one may have answered already.
    const inside = page.getByRole("navigation", { name: "Areas" }).first();
    const button = page.getByRole("button", { name: "Sign in with a passkey" });
    await button.or(inside).first().waitFor();
    if (!(await inside.isVisible())) await button.click();
    await inside.waitFor();
    await page.goto(`${byName(server)}/settings`);
    await page.getByText(/last used/).first().waitFor();
    await page.getByRole("button", { name: "Rename Work laptop" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill("Old laptop");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Old laptop").waitFor();
    await page.getByRole("button", { name: "Remove Old laptop" }).click();
    await axe();
    await page.getByRole("button", { name: "Remove passkey" }).click();
    await page.getByText("Passkey removed.").waitFor();
    // the key is still on the device, and opens nothing
    await page.context().clearCookies();
    await page.goto(byName(server));
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const refused = page.getByText("This passkey does not fit here");
    await button.or(refused).first().waitFor();
    if (!(await refused.isVisible())) await button.click();
    await refused.waitFor();
  },
  "at an address of numbers it is said where passkeys work": async ({ open, server }) => {
    const { page } = await open({ path: "/settings" });
    await page.getByText(`Open ${byName(server)} to add one`).waitFor();
    must((await page.getByRole("button", { name: "New passkey" }).count()) === 0, "nothing is offered that cannot work");
  },
  "a token asks whether it is you, and what was typed is still there": async ({ open, server }) => {
    const { page, axe } = await open({ as: null });
    await page.goto(byName(server));
    await authenticator(page);
    await signIn(page, server.people[0]);
    await page.goto(`${byName(server)}/settings`);
    await addPasskey(page, "Phone");
    await longAgo(page, "**/api/v1/auth/tokens");
    await page.getByRole("button", { name: "New token" }).click();
    const form = page.getByRole("dialog", { name: "New token" });
    await form.getByLabel("What it is for", { exact: false }).fill("Nightly copy");
    await form.getByRole("button", { name: "New token" }).click();
    const asked = page.getByRole("dialog", { name: "Is it you?" });
    await asked.getByLabel("Password", { exact: true }).fill("certainly not this one");
    await axe();
    await asked.getByRole("button", { name: "Continue" }).click();
    await asked.getByText("The current password is not right.").waitFor();
    // declined: nothing was done, and nothing is lost
    await asked.getByRole("button", { name: "Close" }).click();
    await form.getByText("Nothing was done").waitFor();
    must((await form.getByLabel("What it is for", { exact: false }).inputValue()) === "Nightly copy", "what was typed is still there");
    await form.getByRole("button", { name: "New token" }).click();
    await asked.getByRole("button", { name: "Use a passkey" }).click();
    await form.getByText("It is not shown again", { exact: false }).waitFor();
    await form.getByRole("button", { name: "Done" }).click();
    await page.getByText("Nightly copy").waitFor();
    await page.getByRole("button", { name: "Remove Phone" }).click();
    await page.getByRole("button", { name: "Remove passkey" }).click();
    await page.getByText("Passkey removed.").waitFor();
  },
  "sign-in and passkeys in German, in the dark, on a phone": async ({ open, server }) => {
    const { page, axe } = await open({ as: null, language: "de-DE", theme: "dark", size: "phone" });
    await page.goto(byName(server));
    await page.getByRole("button", { name: "Mit Passkey anmelden" }).waitFor();
    await axe();
    await signIn(page, server.people[0]);
    await page.goto(`${byName(server)}/settings`);
    await page.getByRole("button", { name: "Neuer Passkey" }).click();
    await page.getByRole("dialog", { name: "Neuer Passkey" }).waitFor();
    await axe();
  },
};
