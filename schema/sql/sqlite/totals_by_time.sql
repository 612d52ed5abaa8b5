-- Number by month in a zone, and by fiscal quarter of a date.
SELECT substr(local_date(t0."created_at", $1), 1, 7) || '-01', date(substr(t0."founded", 1, 7) || '-01', '-' || ((CAST(substr(t0."founded", 6, 2) AS INTEGER) - 4 + 12) % 3) || ' months'), count(*), 1
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL
GROUP BY 1, 2;
