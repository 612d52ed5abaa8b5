-- Companies with a large deal and none that is small.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE (EXISTS (SELECT 1
FROM "deal" t1
WHERE t1."company" = t0."id" AND t1."archived_at" IS NULL AND t1."amount__ws" >= $1) AND (EXISTS (SELECT 1
FROM "deal" t2
WHERE t2."company" = t0."id" AND t2."archived_at" IS NULL AND t2."amount__ws" < $2)) IS NOT TRUE) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE (EXISTS (SELECT 1
FROM "deal" t1
WHERE t1."company" = t0."id" AND t1."archived_at" IS NULL AND t1."amount__ws" >= $1) AND (EXISTS (SELECT 1
FROM "deal" t2
WHERE t2."company" = t0."id" AND t2."archived_at" IS NULL AND t2."amount__ws" < $2)) IS NOT TRUE) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
