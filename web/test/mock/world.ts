import { spawnSync } from "node:child_process";
import type { ObjectDef } from "../../src/metadata/model";

export type Row = Record<string, unknown> & { id: string; version: number };

const READ = `
import glob, json, tomllib
out = []
for path in glob.glob("../crates/*/src/**/*.toml", recursive=True) + glob.glob("../crates/records/objects/*.toml"):
    with open(path, "rb") as file: d = tomllib.load(file)
    if "fields" in d and "name" in d: out.append(d)
print(json.dumps(out))
`;

const BASE: [string, string, Record<string, unknown>][] = [
  ["id", "Id", { text: {} }], ["version", "Version", { integer: {} }], ["created_at", "Created", { date_time: {} }], ["created_by", "Created by", { user: {} }], ["updated_at", "Updated", { date_time: {} }],
  ["updated_by", "Updated by", { user: {} }], ["owner", "Owner", { user: {} }], ["team", "Team", { reference: { to: "team" } }], ["external_id", "External id", { text: { unique: true } }], ["archived_at", "Archived", { date_time: {} }],
];

export function definitions(): ObjectDef[] {
  const run = spawnSync("python3", ["-c", READ], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(run.stderr);
  const read = JSON.parse(run.stdout) as ObjectDef[];
  return read.map((object) => ({
    ...object,
    layer: "standard",
    fields: [...BASE.map(([name, label, type]) => ({ name, label, type, base: true, read_only: !["owner", "team", "external_id"].includes(name) })), ...object.fields],
  }));
}

let counter = 0;
export const newId = (): string => `0199${(++counter).toString(16).padStart(4, "0")}-0000-7000-8000-${Math.floor(Math.random() * 1e12).toString(16).padStart(12, "0").slice(0, 12)}`;

const ACCOUNTS = ["Bäckerei Größwang & Söhne KG", "Klinikverbund Oberrhein Betriebsgesellschaft mbH", "Hôtellerie du Léman SA", "Stadtwerke Lindenau Kantinen GmbH", "Blue Ridge Roasters Inc.", "Rasthof Union Süd GmbH & Co. KG", "مجموعة النخيل للضيافة", "青葉珈琲株式会社", "Łódzka Palarnia Kawy Sp. z o.o.", "Confiserie Zürcher-Schüpbach AG", "Fjordbrygg Kaffe AS", "Groupe Cafés Delorme", "Café Morgenrot AG", "Kantine Nordlicht eG", "Özdemir Gıda Sanayi A.Ş."];
const FIRST = ["Klara", "Peter", "Marlene", "Ayşe", "健一", "François", "عمر", "Søren", "Jonas", "Agnieszka"];
const LAST = ["Größwang", "Stangassinger", "Obermüller-Huber", "Kılıç", "佐藤", "d’Aubigné-Lefèvre", "الخطيب", "Müller", "Brandstätter", "Nowak"];
const DEALS = ["41 × Kolben 4 for all branches", "Ward kitchens, 3 clinics: Vollautomat V12", "Flagship bar refit, Ouchy", "Canteen replacement, Plant 2", "Roastery line with Kaltbrüh C200", "Batch brewers for 12 motorway sites", "Lobby and banquet programme 2027", "Office coffee, Ginza and Sendai", "Training centre machines", "Confiserie counters Bern and Thun", "Fleet of 20 mobile carts", "Réseau Lyon, renouvellement"];

/** A little world with the names that screens must survive. */
export function world(): Map<string, Row[]> {
  const all = new Map<string, Row[]>();
  const add = (object: string, values: Record<string, unknown>): Row => {
    const now = new Date(Date.now() - Math.random() * 90 * 86_400_000).toISOString();
    const row = { id: newId(), version: 1, created_at: now, updated_at: now, owner: me.id, created_by: me.id, updated_by: me.id, archived_at: null, ...values } as Row;
    all.set(object, [...(all.get(object) ?? []), row]);
    return row;
  };
  const me: Row = { id: newId(), version: 1 };
  Object.assign(me, add("user", { name: "Katrin Brandstätter", email: "katrin@velden-roth.example", active: true, roles: ["admin"] }));
  all.set("user", [me]);
  const users = [me, ...["Tobias Hürlimann", "Mireille Dubois", "Jonas Olsen", "Lena Hartmann"].map((name) => add("user", { name, email: `${name.split(" ")[0]?.toLowerCase()}@velden-roth.example`, active: true, roles: ["rep"] }))];
  const pick = <T,>(from: T[]): T => from[Math.floor(Math.random() * from.length)] as T;
  const pipeline = add("pipeline", { name: "Sales", active: true, currency: "EUR" });
  const stages = [["Qualify", 10, "open", 60], ["Discover", 20, "open", 45], ["Propose", 50, "open", 30], ["Negotiate", 75, "open", 21], ["Won", 100, "won", null], ["Lost", 0, "lost", null]].map(([name, probability, kind, rotting_days], i) => add("stage", { name, probability: String(probability), kind, rotting_days, position: i + 1, pipeline: pipeline.id, guidance: i === 3 ? "Agree on delivery and payment; the decision maker is known." : null }));
  const accounts = ACCOUNTS.map((name, i) => add("account", { name, kind: "organisation", industry: pick(["Bakery", "Health", "Hotels", "Catering"]), city: pick(["Rosenheim", "Freiburg", "Lausanne", "Graz"]), country: "Germany", website: `https://www.example${i}.example`, employees: 20 + i * 31, phone: "+49 8031 555210", email: "info@example.example", owner: pick(users).id, annual_revenue: { amount: String(1_000_000 * (i + 1)), currency: "EUR" } }));
  for (let i = 0; i < 900; i++) {
    const [first, last] = [FIRST[i % 10] as string, LAST[(i * 7 + Math.floor(i / 10)) % 10] as string];
    add("contact", { first_name: first, last_name: last, full_name: `${first} ${last}`, email: `${i}@example.example`, phone: "+49 8031 5552" + String(i).padStart(2, "0"), title: pick(["Managing partner", "Head of purchasing", "CFO", null]), account: pick(accounts).id, status: "active", city: "Rosenheim", owner: pick(users).id });
  }
  for (let i = 0; i < 60; i++) {
    const stage = stages[i % 5 === 4 ? 4 : i % 4] as Row;
    const days = 1 + Math.floor(Math.random() * 60);
    add("opportunity", { name: DEALS[i % DEALS.length], account: pick(accounts).id, pipeline: pipeline.id, stage: stage.id, amount: i % 6 === 5 ? null : { amount: String(5000 + i * 7350), currency: i % 7 === 3 ? "CHF" : "EUR" }, probability: stage.probability, close_date: new Date(Date.now() + (i * 5 - 20) * 86_400_000).toISOString().slice(0, 10), next_step: i % 3 ? pick(["Call, 14:00", "Send revised quote", "Visit Dubai"]) : null, stage_entered_at: new Date(Date.now() - days * 86_400_000).toISOString(), owner: pick(users).id });
  }
  for (let i = 0; i < 40; i++) {
    const deal = pick(all.get("opportunity") ?? []);
    add("interaction", { kind: pick(["email", "call", "meeting"]), direction: pick(["in", "out"]), at: new Date(Date.now() - i * 40 * 3_600_000).toISOString(), subject: pick(["Re: Offer VR-2026-01187, delivery in four waves", "Call about payment in three parts", "Visit to the bakery"]), body: "Sehr geehrte Frau Brandstätter, vier Wellen passen uns besser als zwei. Wichtig ist, dass die Filialen am Chiemsee vor Ostern laufen.", account: deal.account, about: { object: "opportunity", id: deal.id } });
    add("task", { subject: pick(["Call Klara", "Send samples"]), status: "open", due_on: new Date(Date.now() + i * 86_400_000).toISOString().slice(0, 10), account: deal.account });
  }
  return all;
}
