-- For each rule: how many events it matched on each day, and the last of them.
SELECT rule_id, business_on, count(*) AS events, max(occurred_at) AS last_at
FROM matched
GROUP BY ALL
ORDER BY ALL;
