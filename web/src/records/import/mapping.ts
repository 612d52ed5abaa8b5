import type { ImportColumn, ImportMapping } from "~/api/imports";

export type Targets = Record<string, string>;
export type Answers = Record<string, Record<string, string>>;

export const answersFor = (answers: Answers, header: string): Record<string, string> => answers[header] ?? {};

// Where an answer stands in the mapping: at its column, but for what concerns whole rows.
const AT_COLUMN: Record<string, string> = { date_order: "date", decimal: "decimal", percent: "percent" };
const FOR_ALL = ["lost_zero"];

/**
 * What the server needs: each column either goes somewhere or is skipped by name, so that nothing is dropped silently.
 * `account.name` means: find the account by its name.
 */
export function mappingOf(columns: ImportColumn[], targets: Targets, answers: Answers, key: string): ImportMapping {
  const general = Object.values(answers).flatMap((own) => Object.entries(own).filter(([kind]) => FOR_ALL.includes(kind)));
  return {
    ...(key ? { key } : {}),
    ...Object.fromEntries(general),
    column: columns.map(({ header }) => {
      const target = targets[header] ?? "";
      if (!target) return { from: header, skip: true as const };
      const [to = "", match] = target.split(".");
      return { from: header, to, ...(match ? { match } : {}), ...atColumn(answersFor(answers, header)) };
    }),
  };
}

function atColumn(answers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(answers).flatMap(([kind, value]) => (AT_COLUMN[kind] ? [[AT_COLUMN[kind], value]] : [])));
}
