-- Animals about a record that may be of several kinds.
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "animal" t0
WHERE (t0."about" = $1 AND t0."about__obj" = $2) AND t0."archived_at" IS NULL AND t0."name__f" IS NOT NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
SELECT t0."id", t0."name", t0."name__f", t0."id"
FROM "animal" t0
WHERE (t0."about" = $1 AND t0."about__obj" = $2) AND t0."archived_at" IS NULL AND t0."name__f" IS NULL
ORDER BY t0."name__f", t0."id" LIMIT 51;
