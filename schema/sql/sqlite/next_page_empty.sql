-- The page after one that ended among those without a date.
SELECT t0."id", t0."name", t0."founded", t0."id"
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL AND t0."founded" IS NULL AND (t0."id" < $1)
ORDER BY t0."founded" DESC, t0."id" DESC LIMIT 51;
