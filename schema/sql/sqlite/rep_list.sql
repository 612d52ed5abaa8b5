-- A rep's companies by name.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE (t0."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t1
WHERE t1."record" = t0."id" AND t1."record__obj" = $2 AND t1."archived_at" IS NULL AND (t1."until" IS NULL OR t1."until" > $3) AND (+t1."user" = $4 OR +t1."grantee_team" IN ($5)))) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE (t0."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t1
WHERE t1."record" = t0."id" AND t1."record__obj" = $2 AND t1."archived_at" IS NULL AND (t1."until" IS NULL OR t1."until" > $3) AND (+t1."user" = $4 OR +t1."grantee_team" IN ($5)))) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
