-- Animals with a friend, for a rep: hidden ones are not in the list.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "animal" t0
WHERE (instr((SELECT '[' || group_concat('"' || t1."value" || '"', ','
ORDER BY t1."value") || ']'
FROM json_each(t0."friends") t1 JOIN "cage" t2 ON t2."id" = t1."value"
WHERE (t2."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t2."id" AND t3."record__obj" = $2 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $3) AND (+t3."user" = $4 OR +t3."grantee_team" IN ($5))))), $6) > 0 AND (t0."owner" = $7
OR EXISTS (SELECT 1
FROM "share" t4
WHERE t4."record" = t0."id" AND t4."record__obj" = $8 AND t4."archived_at" IS NULL AND (t4."until" IS NULL OR t4."until" > $9) AND (+t4."user" = $10 OR +t4."grantee_team" IN ($11))))) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "animal" t0
WHERE (instr((SELECT '[' || group_concat('"' || t1."value" || '"', ','
ORDER BY t1."value") || ']'
FROM json_each(t0."friends") t1 JOIN "cage" t2 ON t2."id" = t1."value"
WHERE (t2."owner" = $1
OR EXISTS (SELECT 1
FROM "share" t3
WHERE t3."record" = t2."id" AND t3."record__obj" = $2 AND t3."archived_at" IS NULL AND (t3."until" IS NULL OR t3."until" > $3) AND (+t3."user" = $4 OR +t3."grantee_team" IN ($5))))), $6) > 0 AND (t0."owner" = $7
OR EXISTS (SELECT 1
FROM "share" t4
WHERE t4."record" = t0."id" AND t4."record__obj" = $8 AND t4."archived_at" IS NULL AND (t4."until" IS NULL OR t4."until" > $9) AND (+t4."user" = $10 OR +t4."grantee_team" IN ($11))))) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
