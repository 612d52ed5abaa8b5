import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { definitions, newId, world, type Row } from "./world";

const objects = definitions();
const data = world();
const me = data.get("user")?.[0] as Row;
let signedIn = true;
const imports = new Map<string, Record<string, unknown>>();

class Problem extends Error {
  constructor(readonly status: number, readonly code: string, readonly detail: string, readonly errors: unknown[] = []) {
    super(detail);
  }
}

const rowsOf = (object: string): Row[] => {
  if (!objects.some((o) => o.name === object)) throw new Problem(404, "not_found", "There is no such object.");
  return data.get(object) ?? [];
};
const rowOf = (object: string, id: string): Row => {
  const row = rowsOf(object).find((r) => r.id === id);
  if (!row) throw new Problem(404, "not_found", "There is no such record.");
  return row;
};

function valueAt(row: Row, path: string, object: string): unknown {
  const [first = "", ...rest] = path.split(".");
  if (!rest.length) return row[first];
  const field = objects.find((o) => o.name === object)?.fields.find((f) => f.name === first);
  const to = (field?.type as { reference?: { to: string } })?.reference?.to ?? "user";
  const target = rowsOf(to).find((r) => r.id === row[first]);
  return target ? valueAt(target, rest.join("."), to) : null;
}
const plain = (v: unknown): unknown => (typeof v === "object" && v !== null && "amount" in v ? Number((v as { amount: string }).amount) : typeof v === "object" && v !== null && "id" in v ? (v as { id: string }).id : typeof v === "object" && v !== null && "me" in v ? me.id : typeof v === "string" && /^-?\d+(\.\d+)?$/.test(v) ? Number(v) : v);

function holds(row: Row, c: Record<string, unknown>, object: string): boolean {
  if (Array.isArray(c.and)) return c.and.every((part: Record<string, unknown>) => holds(row, part, object));
  if (Array.isArray(c.or)) return c.or.some((part: Record<string, unknown>) => holds(row, part, object));
  if (c.not) return !holds(row, c.not as Record<string, unknown>, object);
  if (typeof c.field !== "string") return true;
  const value = plain(valueAt(row, c.field, object)) as number | null;
  const wanted = Array.isArray(c.value) ? c.value.map(plain) : plain(c.value);
  switch (c.op) {
    case "eq": return value === wanted;
    case "ne": return value !== wanted;
    case "in": return (wanted as unknown[]).includes(value);
    case "not_in": return !(wanted as unknown[]).includes(value);
    case "contains": return String(value ?? "").toLowerCase().includes(String(wanted).toLowerCase());
    case "starts_with": return String(value ?? "").toLowerCase().startsWith(String(wanted).toLowerCase());
    case "is_empty": return (value === null || value === undefined || String(value) === "") === (c.value !== false);
    case "gte": return value !== null && value !== undefined && value >= (wanted as number);
    case "lte": return value !== null && value !== undefined && value <= (wanted as number);
    default: return true;
  }
}

function list(object: string, q: { filter?: Record<string, unknown>; sort?: string[]; limit?: number; cursor?: string; archived?: string; include?: string[] }) {
  const keys = q.sort ?? ["id"];
  const found = rowsOf(object)
    .filter((row) => (q.archived === "only" ? row.archived_at : q.archived === "include" || !row.archived_at))
    .filter((row) => !q.filter || holds(row, q.filter, object))
    .sort((a, b) => {
      for (const key of keys) {
        const name = key.replace("-", "");
        const [x, y] = [plain(valueAt(a, name, object)), plain(valueAt(b, name, object))] as (number | null)[];
        if (x === y) continue;
        if (x === null || x === undefined) return 1;
        if (y === null || y === undefined) return -1;
        return (typeof x === "string" ? String(x).localeCompare(String(y)) : x < y ? -1 : 1) * (key.startsWith("-") ? -1 : 1);
      }
      return 0;
    });
  const start = Number(q.cursor ?? 0);
  const limit = q.limit ?? 50;
  return { items: found.slice(start, start + limit), next_cursor: start + limit < found.length ? String(start + limit) : null, total: found.length };
}

export function answer(method: string, url: string, text: string, headers: IncomingHttpHeaders, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, "http://mock");
  const send = (status: number, body?: unknown, type = "application/json") => {
    setTimeout(() => {
      response.writeHead(status, { "content-type": type });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    }, Number(process.env.MOCK_DELAY ?? 40));
  };
  try {
    const path = pathname.replace("/api/v1", "");
    if (path === "/stream") return void response.writeHead(200, { "content-type": "text/event-stream" }).write(": hello\n\n");
    const body = text && headers["content-type"]?.includes("json") ? JSON.parse(text) : {};
    const [status, result] = route(method, path, searchParams, body, headers);
    send(status, result);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(500, "internal", String(error));
    send(problem.status, { type: "about:blank", title: problem.code, status: problem.status, code: problem.code, detail: problem.detail, errors: problem.errors, request_id: "req-7f3a-91c2" }, "application/problem+json");
  }
}

function route(method: string, path: string, q: URLSearchParams, body: Record<string, any>, headers: IncomingHttpHeaders): [number, unknown?] {
  const parts = path.split("/").filter(Boolean);
  const [a, b = "", c = "", d = ""] = parts;
  const session = { user: { id: me.id, name: me.name, email: me.email, roles: ["admin"], teams: [], must_change_password: false }, workspace: { name: "Velden & Roth", currency: "EUR", time_zone: "Europe/Berlin" }, csrf_token: "x" };
  if (path === "/auth/login") {
    if (body.password !== "demo") throw new Problem(401, "bad_credentials", "E-mail or password is wrong.");
    signedIn = true;
    return [200, session];
  }
  if (path === "/auth/providers") return [200, { items: [] }];
  if (path === "/auth/logout") return (signedIn = false), [204];
  if (!signedIn) throw new Problem(401, "unauthenticated", "Sign in first.");
  if (path === "/me") return [200, session];
  if (path === "/me/rights") return [200, { objects: Object.fromEntries(objects.map((o) => [o.name, { create: !o.system, read: true, update: !o.system, delete: !o.system, export: true }])), capabilities: ["define", "import", "manage_users", "export"] }];
  if (path === "/auth/sessions") return [200, { items: [{ id: "1", created_at: new Date().toISOString(), user_agent: headers["user-agent"], current: true, ip: "127.0.0.1" }] }];
  if (path === "/auth/passkeys") return [200, { items: [{ id: "1", name: "Work laptop", created_at: new Date().toISOString(), last_used_at: null, suspect_at: null }], origin: "http://localhost:5199" }];
  if (path === "/auth/fresh") return method === "POST" ? [204] : [200, { password: true, code: false, passkey: false, proven_at: null }];
  if (path === "/auth/tokens") return [200, method === "POST" ? { token: "rpt_main_abcdef" } : { items: [] }];
  if (path === "/objects") return [200, { items: objects }];
  if (path === "/search") {
    const words = (q.get("q") ?? "").toLowerCase().split(/\s+/);
    const items = ["account", "contact", "opportunity"].flatMap((object) => rowsOf(object).map((row) => ({ object, id: row.id, title: String(row.name ?? row.full_name), subtitle: row.city ?? null }))).filter((hit) => words.every((word) => hit.title.toLowerCase().split(/\s+/).some((part) => part.startsWith(word))));
    return [200, { items: items.slice(0, 12), next_cursor: null }];
  }
  if (a === "imports") return importRoute(method, parts, body);
  if (a === "opportunities" && c === "closure") {
    const row = rowOf("opportunity", b);
    if (method === "DELETE") Object.assign(row, { stage: rowsOf("stage")[3]?.id, outcome: null });
    else if (body.outcome === "lost" && !body.reason) throw new Problem(422, "invalid", "Some fields are wrong.", [{ field: "reason", code: "required", detail: "Say why it was lost." }]);
    else Object.assign(row, { stage: rowsOf("stage").find((s) => s.kind === body.outcome)?.id, outcome: body.outcome, outcome_reason: body.reason, version: row.version + 1 });
    return [201, row];
  }
  if (a === "change-sets") return [200, { id: b, status: "done", counts: {}, skipped: [] }];
  if (a === "records") {
    if (c === "aggregate") {
      const found = list(b, { filter: body.filter, limit: 1e9 }).items;
      const groups = new Map<string, Row[]>();
      const by = body.group_by?.[0]?.field as string | undefined;
      for (const row of found) groups.set(by ? String(row[by]) : "", [...(groups.get(by ? String(row[by]) : "") ?? []), row]);
      return [200, { items: [...groups].map(([key, rows]) => ({ key: by ? { [by]: key } : {}, values: body.measures.map((m: { fn: string; field?: string }) => (m.fn === "count" ? rows.length : { amount: String(rows.reduce((s, r) => s + Number((r[m.field ?? ""] as { amount?: string } | null)?.amount ?? 0), 0)), currency: "EUR", rate: "dated", unconverted: 0 })) })), next_cursor: null }];
    }
    if (c === "bulk") return [200, { change_set: "cs1", items: body.items.map((item: Row, index: number) => (Object.assign(rowOf(b, item.id), body.mode === "delete" ? { archived_at: new Date().toISOString() } : item), { index, status: 200, id: item.id })) }];
    if (!c && method === "GET") return [200, list(b, { filter: q.get("filter") ? JSON.parse(q.get("filter") ?? "") : undefined, sort: q.get("sort")?.split(","), limit: Number(q.get("limit") ?? 50), cursor: q.get("cursor") ?? undefined, archived: q.get("archived") ?? undefined })];
    if (c === "query") return [200, list(b, body)];
    if (!c && method === "POST") {
      const object = objects.find((o) => o.name === b);
      const missing = (object?.fields ?? []).filter((f) => f.required && !body[f.name]).map((f) => ({ field: f.name, code: "required", detail: `${f.label} is required.` }));
      if (missing.length) throw new Problem(422, "invalid", "Some fields are wrong.", missing);
      const now = new Date().toISOString();
      const row = { id: newId(), version: 1, owner: me.id, created_at: now, updated_at: now, created_by: me.id, ...body } as Row;
      data.set(b, [...rowsOf(b), row]);
      return [201, row];
    }
    const row = rowOf(b, c);
    if (d === "timeline") return [200, { items: ["interaction", "task", "note"].flatMap((object) => (data.get(object) ?? []).filter((r) => r.account === row.id || (r.about as { id?: string })?.id === row.id).map((r) => ({ at: r.at ?? r.created_at, kind: r.kind ?? object, object, id: r.id, title: r.subject ?? "", body: r.body, by: { id: me.id, name: me.name } }))).sort((x, y) => String(y.at).localeCompare(String(x.at))), next_cursor: null }];
    if (d === "history") return [200, { items: [{ version: 2, at: new Date().toISOString(), by: { id: me.id, name: me.name }, through: "api", change_set: null, changes: [{ field: "city", old: "Graz", new: row.city }, { field: "owner", old: me.id, new: row.owner }] }, { version: 1, at: row.created_at, by: { id: me.id, name: me.name }, through: "import", change_set: "x", changes: [] }], next_cursor: null }];
    if (d === "access") return [200, { items: rowsOf("user").map((u, i) => ({ user: { id: u.id, name: u.name, email: u.email }, read: true, update: i < 2, delete: i < 1, because: [{ kind: i ? "team" : "owner", name: "Sales South" }] })), next_cursor: null }];
    if (d === "files") return [200, { items: [] }];
    if (d === "restoration") return Object.assign(row, { archived_at: null }), [200, row];
    if (method === "DELETE") return (row.archived_at = new Date().toISOString()), [204];
    if (method === "PATCH") {
      if (headers["if-match"] !== `"${row.version}"` && headers["if-match"] !== "*") throw new Problem(412, "stale", "Somebody changed it.");
      Object.assign(row, body, { version: row.version + 1, updated_at: new Date().toISOString() });
    }
    return [200, row];
  }
  throw new Problem(404, "not_found", `No route ${path}`);
}

function importRoute(method: string, [, id = "", verb]: string[], body: Record<string, any>): [number, unknown?] {
  if (!id) {
    const job = { id: newId(), object: "contact", file: "Kundenliste_2025_EUR.xlsx", status: "mapping", rows: 1284, created: 0, updated: 0, unchanged: 0, rejected: 0, change_set: null, errors_url: null, columns: [["Firma", "Özdemir Gıda|Café Morgenrot AG|Kantine Nordlicht eG", "account.name", 1], ["Vorname", "Ayşe|Klara|健一", "first_name", 1], ["Nachname", "Kılıç|Größwang|佐藤", "last_name", 1], ["Mail", "ayse@example.example|klara@example.example|", "email", 0.95], ["Geb.", "03.07.1984|1971-11-30|", "birth_date", 0.7], ["Newsletter", "ja|nein|ja", null, 0]].map(([header, samples, target, confidence]) => ({ header, samples: String(samples).split("|"), target, confidence, questions: header === "Geb." ? [{ kind: "date_order", answers: ["dmy", "mdy"], assumed: "dmy" }] : [] })) };
    imports.set(job.id, job);
    return [202, job];
  }
  const job = imports.get(id) ?? {};
  if (method === "POST" && verb === "run") {
    if (body.dry_run) Object.assign(job, { dry_run: true, status: "mapping", created: 918, updated: 341, unchanged: 12, rejected: 13, preview: [{ line: 4, action: "update", title: "Klara Größwang", changes: [{ field: "phone", old: "+49 8031 555200", new: "+49 8031 555210" }, { field: "birth_date", old: null, new: "1971-11-30" }] }, { line: 23, action: "reject", title: "", errors: [{ field: "birth_date", detail: "31 February does not exist." }] }] });
    else Object.assign(job, { dry_run: false, status: "done", change_set: "cs2", errors_url: "/api/v1/imports/x/errors" });
  }
  return [method === "GET" ? 200 : 202, job];
}
