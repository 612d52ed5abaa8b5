-- Deals whose company is of a tier, for a rep: a hidden company is no company.
SELECT t0."id", t0."name", t0."created_at", t0."id"
FROM "deal" t0
WHERE ((SELECT t1."tier"
FROM "company" t1
WHERE t1."id" = t0."company" AND (t1."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t2
WHERE t2."record" = t1."id" AND t2."record__obj" = $2 AND t2."archived_at" IS NULL AND (t2."until" IS NULL OR t2."until" > $3) AND (+t2."user" = $4 OR +t2."grantee_team" IN ($5))))) = $6 AND (t0."owner" = $7
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t0."id" AND t3."record__obj" = $8 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $9) AND (+t3."user" = $10 OR +t3."grantee_team" IN ($11))))) AND t0."archived_at" IS NULL
ORDER BY t0."created_at" DESC, t0."id" DESC LIMIT 51;
