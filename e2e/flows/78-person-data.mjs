import { readFile } from "node:fs/promises";
import { must } from "../browser.mjs";

export default {
  "a person gets a copy of everything, and is erased for good": async ({ open }) => {
    const session = await open();
    const { page, axe } = session;
    const made = await session.api("POST", "/records/contact", { first_name: "Ida", last_name: "Copyava", email: "ida@copyava.example", city: "Bern" });
    must(made.status === 201, JSON.stringify(made.body));
    await session.api("POST", "/records/task", { subject: "Call Ida", contact: made.body.id });
    await page.goto(`/contact/${made.body.id}`);
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Copy or erase this person…" }).click();
    const dialog = page.getByRole("dialog", { name: "Data of Ida Copyava" });
    await dialog.getByText("Contacts: one record goes").waitFor();
    await axe();
    await session.picture("person-data");
    const [file] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "For programs (JSON)" }).click()]);
    const copy = JSON.parse(await readFile(await file.path(), "utf8"));
    must(copy.about.name === "Ida Copyava" && copy.objects.some((o) => o.object === "task"), JSON.stringify(copy).slice(0, 500));
    const [printed] = await Promise.all([page.waitForEvent("download"), dialog.getByRole("button", { name: "To read and print" }).click()]);
    must((await readFile(await printed.path(), "utf8")).includes("Copy of personal data: Ida Copyava"), "the page is in the language of the screen");
    const erase = dialog.getByRole("button", { name: "Erase for good" });
    must(await erase.isDisabled(), "not before the name is typed");
    await dialog.getByLabel("Type “Ida Copyava” to erase").fill("Ida Copyava");
    await erase.click();
    await page.getByText("“Ida Copyava” is erased.").waitFor();
    const left = await session.api("GET", `/records/contact/${made.body.id}`);
    must(left.status === 404 || left.body.email === null, JSON.stringify(left.body));
  },
  "an organisation has no such entry, and a colleague without the right neither": async ({ open }) => {
    const session = await open();
    const firm = await session.api("POST", "/records/account", { name: "Copyava AG" });
    await session.page.goto(`/account/${firm.body.id}`);
    await session.page.getByRole("button", { name: "More actions" }).click();
    await session.page.getByRole("menuitem", { name: "Copy link" }).waitFor();
    must((await session.page.getByRole("menuitem", { name: /erase/ }).count()) === 0, "no entry for an organisation");
  },
};
