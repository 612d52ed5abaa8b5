-- The page after one, by two fields in two directions.
SELECT t0."id", t0."name", t0."name__f", t0."founded", t0."id"
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL AND ((t0."name__f" > $1 OR t0."name__f" IS NULL OR (t0."name__f" = $2 AND ((t0."founded" < $3 OR t0."founded" IS NULL OR (t0."founded" = $4 AND (t0."id" > $5)))))))
ORDER BY t0."name__f", CASE WHEN t0."founded" IS NULL THEN 1 ELSE 0 END, t0."founded" DESC, t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."founded", t0."id"
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", CASE WHEN t0."founded" IS NULL THEN 1 ELSE 0 END, t0."founded" DESC, t0."id" LIMIT 51;
