-- The page after one that ended at a name.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL AND ((t0."name__f", t0."id") > ($1, $2))
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
