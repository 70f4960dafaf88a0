-- Which members did what, among the events of these batches that something waits for?
SELECT e.name, p.member_id, e.properties::VARCHAR AS properties
FROM events AS e
INNER JOIN persons AS p ON e.person_id = p.person_id
WHERE
    e.received_at >= $since
    AND e.batch_id IN (SELECT unnest($batches::UUID[]))
    AND e.name IN (SELECT unnest($names::VARCHAR[]))
    AND p.member_id IS NOT NULL
GROUP BY ALL
