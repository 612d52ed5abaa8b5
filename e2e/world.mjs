// A small world made through the API, for a server that starts empty.
import { FRESH_PASSWORD } from "./people.mjs";

const ACCOUNTS = ["Bäckerei Größwang & Söhne KG", "Klinikverbund Oberrhein", "Hôtellerie du Léman SA", "Łódzka Palarnia Kawy", "青葉珈琲株式会社", "مجموعة النخيل للضيافة", "Fjordbrygg Kaffe AS", "Café Morgenrot AG"];
const FIRST = ["Klara", "Peter", "Marlene", "Ayşe", "健一", "François", "عمر", "Søren", "Jonas", "Agnieszka"];
const LAST = ["Größwang", "Stangassinger", "Obermüller-Huber", "Kılıç", "佐藤", "Lefèvre", "الخطيب", "Müller", "Brandstätter", "Nowak"];

export async function fillWorld(url, person) {
  let cookie = "";
  let csrf = "";
  const call = async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, { method, headers: { "Content-Type": "application/json", Cookie: cookie, "X-CSRF-Token": csrf }, body: body ? JSON.stringify(body) : undefined });
    const set = response.headers.get("set-cookie");
    if (set) cookie = set.split(";")[0];
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 400)}`);
    return text ? JSON.parse(text) : null;
  };
  const signIn = async (password) => (csrf = (await call("POST", "/auth/login", { email: person.email, password })).csrf_token);
  await signIn(person.password);
  await call("POST", "/auth/password", { old: person.password, new: FRESH_PASSWORD });
  person.password = FRESH_PASSWORD;
  await signIn(person.password);
  const create = async (object, items) => {
    const answer = await call("POST", `/records/${object}/bulk`, { mode: "create", items });
    const refused = answer.items.find((item) => item.status >= 400);
    if (refused) throw new Error(`${object}: ${JSON.stringify(refused)}`);
    return answer.items.map((item) => item.id);
  };
  const accounts = await create("account", ACCOUNTS.map((name, i) => ({ name, kind: "organisation", industry: "Coffee", city: "Rosenheim", country: "DE", employees: 20 + i * 31, email: "info@example.org", phone: "+49 8031 555210" })));
  const contacts = await create("contact", Array.from({ length: 400 }, (_, i) => ({ first_name: FIRST[i % 10], last_name: `${LAST[Math.floor(i / 10) % 10]} ${Math.floor(i / 100) + 1}`, email: `person${i}@example.org`, phone: `+49 8031 55${String(5000 + i)}`, account: accounts[i % accounts.length] })));
  const stages = (await call("GET", "/records/stage?sort=position")).items.filter((stage) => stage.kind === "open");
  const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  await create("opportunity", Array.from({ length: 24 }, (_, i) => ({ name: `Machines for branch ${i + 1}`, account: accounts[i % accounts.length], stage: stages[i % stages.length].id, amount: i % 6 === 5 ? null : { amount: String(5000 + i * 7350), currency: "EUR" }, close_date: day(i * 6 - 10), next_step: i % 3 ? "Call about the offer" : null })));
  await create("interaction", Array.from({ length: 12 }, (_, i) => ({ kind: ["call", "email", "meeting"][i % 3], direction: i % 2 ? "in" : "out", at: new Date(Date.now() - i * 40 * 3_600_000).toISOString(), subject: "About the delivery in four waves", body: "Four waves suit us better than two.", account: accounts[0], contact: contacts[0] })));
}
