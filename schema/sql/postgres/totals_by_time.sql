-- Number by month in a zone, and by fiscal quarter of a date.
SELECT substr(CASE WHEN t0."created_at" BETWEEN -62135424000000 AND 253402127999999 THEN to_char((TIMESTAMPTZ 'epoch' + t0."created_at" * INTERVAL '1 millisecond') AT TIME ZONE ($1)::text, 'YYYY-MM-DD') END, 1, 7) || '-01', CASE WHEN substr(t0."founded", 1, 4) = '0001' AND date_trunc('month', (t0."founded")::date) - make_interval(months => ((substr(t0."founded", 6, 2)::int - 4 + 12) % 3)) < DATE '0001-01-01' THEN '0000' || to_char(date_trunc('month', (t0."founded")::date) - make_interval(months => ((substr(t0."founded", 6, 2)::int - 4 + 12) % 3)), '-MM-DD') ELSE to_char(date_trunc('month', (t0."founded")::date) - make_interval(months => ((substr(t0."founded", 6, 2)::int - 4 + 12) % 3)), 'YYYY-MM-DD') END, count(*), 1
FROM "company" t0
WHERE 1 = 1 AND t0."archived_at" IS NULL
GROUP BY 1, 2;
