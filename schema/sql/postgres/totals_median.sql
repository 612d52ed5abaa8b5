-- Median amount by the tier of the company.
SELECT (SELECT t1."tier"
FROM "company" t1
WHERE t1."id" = t0."company"), 0, count(t0."amount") - count(t0."amount__ws"), 1
FROM "deal" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL
GROUP BY 1;
SELECT (SELECT t1."tier"
FROM "company" t1
WHERE t1."id" = t0."company"), t0."amount__ws"
FROM "deal" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL AND t0."amount__ws" IS NOT NULL
ORDER BY 1, 2;
