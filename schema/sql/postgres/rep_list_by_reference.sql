-- Deals of one company, for a rep: the bare column leads to the rows, the guarded one says which show.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "deal" t0
WHERE ((t0."company" = $1 AND CASE WHEN (EXISTS (SELECT 1
FROM "company" t1
WHERE t1."id" = t0."company" AND (t1."owner" = $2
OR EXISTS (SELECT 1
FROM "share" t2
WHERE t2."record" = t1."id" AND t2."record__obj" = $3 AND t2."archived_at" IS NULL AND (t2."until" IS NULL OR t2."until" > $4) AND (t2."user" = $5 OR t2."grantee_team" IN ($6)))))) THEN t0."company" END = $7) AND (t0."owner" = $8
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t0."id" AND t3."record__obj" = $9 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $10) AND (t3."user" = $11 OR t3."grantee_team" IN ($12))))) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "deal" t0
WHERE ((t0."company" = $1 AND CASE WHEN (EXISTS (SELECT 1
FROM "company" t1
WHERE t1."id" = t0."company" AND (t1."owner" = $2
OR EXISTS (SELECT 1
FROM "share" t2
WHERE t2."record" = t1."id" AND t2."record__obj" = $3 AND t2."archived_at" IS NULL AND (t2."until" IS NULL OR t2."until" > $4) AND (t2."user" = $5 OR t2."grantee_team" IN ($6)))))) THEN t0."company" END = $7) AND (t0."owner" = $8
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t0."id" AND t3."record__obj" = $9 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $10) AND (t3."user" = $11 OR t3."grantee_team" IN ($12))))) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
