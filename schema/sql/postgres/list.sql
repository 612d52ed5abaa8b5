-- All companies, newest change first.
SELECT t0."id", t0."name", t0."updated_at", t0."id"
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL
ORDER BY t0."updated_at" DESC, t0."id" DESC LIMIT 51;
