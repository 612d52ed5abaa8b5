-- Number and amounts by tier.
SELECT t0."tier", count(*), sum(t0."revenue__ws")::bigint, count(t0."revenue") - count(t0."revenue__ws"), sum(t0."revenue__ws")::bigint, count(t0."revenue__ws"), count(t0."revenue") - count(t0."revenue__ws"), 1
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL
GROUP BY 1;
