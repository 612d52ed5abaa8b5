import type { ImportColumn, ImportMapping } from "~/api/imports";

export type Targets = Record<string, string>;
export type Answers = Record<string, Record<string, string>>;

export const answersFor = (answers: Answers, header: string): Record<string, string> => answers[header] ?? {};

/**
 * What the server needs: each column either goes somewhere or is skipped by name, so that nothing is dropped silently.
 * `account.name` means: find the account by its name.
 */
export function mappingOf(columns: ImportColumn[], targets: Targets, answers: Answers, key: string): ImportMapping {
  return {
    ...(key ? { key } : {}),
    column: columns.map(({ header }) => {
      const target = targets[header] ?? "";
      if (!target) return { from: header, skip: true as const };
      const [to = "", match] = target.split(".");
      return { from: header, to, ...(match ? { match } : {}), ...answersFor(answers, header) };
    }),
  };
}
