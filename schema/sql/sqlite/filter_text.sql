-- Text that contains, starts with, is.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE (instr(t0."name__f", $1) > 0 OR (t0."email__f" >= $2 AND t0."email__f" < $3) OR t0."code" = $4 OR t0."code" IS NULL) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE (instr(t0."name__f", $1) > 0 OR (t0."email__f" >= $2 AND t0."email__f" < $3) OR t0."code" = $4 OR t0."code" IS NULL) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
