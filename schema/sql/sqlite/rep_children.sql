-- Lines that follow their deal, for a rep.
SELECT t0."id", t0."id", t0."id"
FROM "line" t0
WHERE (t0."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t1
WHERE t1."record" = t0."id" AND t1."record__obj" = $2 AND t1."archived_at" IS NULL AND (t1."until" IS NULL OR t1."until" > $3) AND (+t1."user" = $4 OR +t1."grantee_team" IN ($5))) OR (EXISTS (SELECT 1
FROM "deal" t2
WHERE t2."id" = t0."deal" AND (t2."owner" = $6
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t2."id" AND t3."record__obj" = $7 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $8) AND (+t3."user" = $9 OR +t3."grantee_team" IN ($10))))))) AND t0."archived_at" IS NULL
ORDER BY t0."id", t0."id" LIMIT 51;
