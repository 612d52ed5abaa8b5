import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense, useState, type ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";
import { FIELD_KITS, FieldValue, kitOf } from "~/fields";
import { safeUrl } from "~/fields/text";
import { FIELD_TYPES, type FieldDef, type FieldType } from "~/metadata/model";

const options = [{ value: "food", label: "Food" }, { value: "retail", label: "Retail" }, { value: "old", label: "Old", archived: true }];
const PARAMETERS: Partial<Record<FieldType, Record<string, unknown>>> = { choice: { options }, multi_choice: { options }, reference: { to: "account" }, many_to_many: { to: "tag" }, formula: { expression: "1", result: "decimal" }, autonumber: { pattern: "{0000}" } };
const VALUES: Record<FieldType, unknown> = {
  text: "Größwang", long_text: "a\nb", rich_text: "<p>Hello</p>", email: "a@b.example", phone: "+498031555210", url: "https://b.example", choice: "food", autonumber: "RE-0001", integer: 1234, duration: 9000, decimal: "1234.5", percent: "40",
  money: { amount: "12.50", currency: "EUR" }, boolean: true, date: "2026-12-18", date_time: "2026-11-21T09:42:00.000Z", multi_choice: ["food", "retail"], reference: "id1", user: "id2", file: "id3", many_to_many: ["id4"], geo_point: { lat: 47.85, lon: 12.12 },
  address: { street: "Innlände 14", postal_code: "83022", city: "Rosenheim" }, person_name: { first_name: "Klara", last_name: "Größwang" }, formula: "12.5", roll_up: 7,
};
const SHOWN: Partial<Record<FieldType, string | RegExp>> = { text: "Größwang", rich_text: "Hello", choice: "Food", integer: "1,234", duration: "2 h 30", decimal: "1,234.5", percent: "40 %", money: "€12.50", boolean: "Yes", date: /18 Dec/, address: /Rosenheim/, person_name: "Klara Größwang", formula: "12.5", geo_point: "47.85, 12.12", roll_up: "7" };
const field = (type: FieldType, rest: Partial<FieldDef> = {}): FieldDef => ({ name: "f", label: "Field", type: { [type]: PARAMETERS[type] ?? {} }, ...rest });

vi.mock("~/api/client", () => ({ get: vi.fn(() => Promise.resolve({ items: [], next_cursor: null })), call: vi.fn(() => Promise.resolve(null)), post: vi.fn(() => Promise.resolve({})), setCsrfToken: vi.fn(), pathWithQuery: (path: string) => path, whenSessionLost: vi.fn() }));

function Around({ children }: { children: ReactNode }) {
  return (
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <Suspense fallback="…">{children}</Suspense>
    </QueryClientProvider>
  );
}

/** An editor with a label, as every form has it; tells what it was given last. */
function Editor({ of, start = null, onValue }: { of: FieldDef; start?: unknown; onValue: (value: unknown) => void }) {
  const [value, setValue] = useState<unknown>(start);
  const { Input } = kitOf(of);
  return (
    <>
      <label id="l" htmlFor="i">
        Field
      </label>
      <Input
        field={of}
        value={value}
        onChange={(next) => {
          setValue(next);
          onValue(next);
        }}
        ids={{ id: "i", "aria-labelledby": "l" }}
      />
    </>
  );
}

async function typed(of: FieldDef, text: string, start?: unknown): Promise<unknown> {
  const onValue = vi.fn();
  render(<Editor of={of} start={start} onValue={onValue} />, { wrapper: Around });
  const box = await screen.findByLabelText("Field");
  await userEvent.clear(box);
  if (text) await userEvent.type(box, text);
  return onValue.mock.lastCall?.[0];
}

describe("every field type", () => {
  it.each(FIELD_TYPES)("%s has a kit that shows a value and edits without falling over", async (type) => {
    const of = field(type);
    expect(FIELD_KITS[type].width).toBeGreaterThan(40);
    const { container } = render(<FieldValue field={of} value={VALUES[type]} compact />, { wrapper: Around });
    const shown = SHOWN[type];
    if (shown) await waitFor(() => expect(container.textContent).toMatch(shown));
    expect(render(<FieldValue field={of} value={null} />, { wrapper: Around }).container.textContent).toBe("");
    render(<Editor of={of} start={VALUES[type]} onValue={() => undefined} />, { wrapper: Around });
    expect(typeof kitOf(of).text(VALUES[type], of)).toBe("string");
    expect(kitOf(of).text(null, of)).toBe(type === "boolean" ? "" : kitOf(of).text(null, of));
  });
  it("shows a masked field as masked, whatever its value", () => {
    render(<FieldValue field={field("text", { masked: true })} value="secret" />, { wrapper: Around });
    expect(screen.queryByText("secret")).toBeNull();
    expect(screen.getByText("Masked by your role")).toBeTruthy();
  });
});

describe("editors give what the contract takes", () => {
  it.each<[FieldType, string, unknown]>([
    ["text", "Łódź", "Łódź"],
    ["integer", "1,234", 1234],
    ["integer", "90071992547409931", "90071992547409931"],
    ["decimal", "1,234.50", "1234.50"],
    ["decimal", "abc", "abc"],
    ["percent", "12.5", "12.5"],
    ["duration", "2 h 30", 9000],
    ["money", "1,250.5", { amount: "1250.5", currency: "EUR" }],
    ["date", "18 Dec 2026", "2026-12-18"],
    ["date", "31 Nov 2026", "31 Nov 2026"],
    ["geo_point", "47.85, 12.12", { lat: 47.85, lon: 12.12 }],
  ])("%s: %s", async (type, text, expected) => expect(await typed(field(type), text)).toEqual(expected));
  it.each<[FieldType, unknown]>([["text", "x"], ["decimal", "1"], ["money", { amount: "1", currency: "EUR" }], ["date", "2026-12-18"]])("%s: cleared is null", async (type, start) => expect(await typed(field(type), "", start)).toBeNull());
  it("offers no archived option, but keeps one that is set", async () => {
    render(<Editor of={field("choice")} onValue={() => undefined} />, { wrapper: Around });
    expect(screen.queryByRole("option", { name: "Old" })).toBeNull();
    render(<Editor of={field("choice")} start="old" onValue={() => undefined} />, { wrapper: Around });
    expect(screen.getAllByRole("option", { name: "Old" })).toHaveLength(1);
  });
  it("adds and removes choices", async () => {
    const onValue = vi.fn();
    render(<Editor of={field("multi_choice")} start={["food"]} onValue={onValue} />, { wrapper: Around });
    await userEvent.click(screen.getByLabelText("Retail"));
    expect(onValue).toHaveBeenLastCalledWith(["food", "retail"]);
    await userEvent.click(screen.getByLabelText("Food"));
    expect(onValue).toHaveBeenLastCalledWith(["retail"]);
  });
});

describe("links", () => {
  it("are made of web addresses only", () => {
    expect(safeUrl("example.org/a")).toBe("https://example.org/a");
    expect([safeUrl("javascript:alert(1)"), safeUrl("data:text/html,x"), safeUrl("JaVaScRiPt:alert(1)"), safeUrl("file:///etc/passwd")]).toEqual([null, null, null, null]);
  });
});
