-- Option, amount, date span and list.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE ((t0."tier" IN ($1, $2)) AND (t0."revenue__ws" >= $3 AND t0."revenue__ws" <= $4) AND (t0."founded" >= $5 AND t0."founded" < $6) AND (instr(t0."tags", $7) > 0) IS NOT TRUE) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "company" t0
WHERE ((t0."tier" IN ($1, $2)) AND (t0."revenue__ws" >= $3 AND t0."revenue__ws" <= $4) AND (t0."founded" >= $5 AND t0."founded" < $6) AND (instr(t0."tags", $7) > 0) IS NOT TRUE) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
