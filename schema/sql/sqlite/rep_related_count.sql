-- Companies with three deals that a rep may see.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE ((SELECT count(*)
FROM "deal" t1
WHERE t1."company" = t0."id" AND t1."archived_at" IS NULL AND (+t1."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t2
WHERE t2."record" = t1."id" AND t2."record__obj" = $2 AND t2."archived_at" IS NULL AND (t2."until" IS NULL OR t2."until" > $3) AND (+t2."user" = $4 OR +t2."grantee_team" IN ($5))))) >= $6 AND (t0."owner" = $7
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t0."id" AND t3."record__obj" = $8 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $9) AND (+t3."user" = $10 OR +t3."grantee_team" IN ($11))))) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE ((SELECT count(*)
FROM "deal" t1
WHERE t1."company" = t0."id" AND t1."archived_at" IS NULL AND (+t1."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t2
WHERE t2."record" = t1."id" AND t2."record__obj" = $2 AND t2."archived_at" IS NULL AND (t2."until" IS NULL OR t2."until" > $3) AND (+t2."user" = $4 OR +t2."grantee_team" IN ($5))))) >= $6 AND (t0."owner" = $7
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t0."id" AND t3."record__obj" = $8 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $9) AND (+t3."user" = $10 OR +t3."grantee_team" IN ($11))))) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
