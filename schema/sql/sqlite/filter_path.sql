-- Animals by their mother's cage.
SELECT t0."id", t0."name", (SELECT (SELECT t2."size"
FROM "cage" t2
WHERE t2."id" = t1."cage")
FROM "animal" t1
WHERE t1."id" = t0."mother"), t0."id"
FROM "animal" t0
WHERE (SELECT (SELECT t4."name"
FROM "cage" t4
WHERE t4."id" = t3."cage")
FROM "animal" t3
WHERE t3."id" = t0."mother") = $1 AND t0."archived_at" IS NULL AND (SELECT (SELECT t6."size"
FROM "cage" t6
WHERE t6."id" = t5."cage")
FROM "animal" t5
WHERE t5."id" = t0."mother") IS NOT NULL
ORDER BY (SELECT (SELECT t8."size"
FROM "cage" t8
WHERE t8."id" = t7."cage")
FROM "animal" t7
WHERE t7."id" = t0."mother"), t0."id" LIMIT 51;
SELECT t0."id", t0."name", (SELECT (SELECT t2."size"
FROM "cage" t2
WHERE t2."id" = t1."cage")
FROM "animal" t1
WHERE t1."id" = t0."mother"), t0."id"
FROM "animal" t0
WHERE (SELECT (SELECT t4."name"
FROM "cage" t4
WHERE t4."id" = t3."cage")
FROM "animal" t3
WHERE t3."id" = t0."mother") = $1 AND t0."archived_at" IS NULL AND (SELECT (SELECT t6."size"
FROM "cage" t6
WHERE t6."id" = t5."cage")
FROM "animal" t5
WHERE t5."id" = t0."mother") IS NULL
ORDER BY (SELECT (SELECT t8."size"
FROM "cage" t8
WHERE t8."id" = t7."cage")
FROM "animal" t7
WHERE t7."id" = t0."mother"), t0."id" LIMIT 51;
