-- At which stores did what happen, among the events of these batches that plays of stores wait for?
SELECT e.name, s.store_id, e.properties::VARCHAR AS properties
FROM events AS e
INNER JOIN stores AS s
    ON s.code = coalesce(e.store_code, json_extract_string(e.properties, '$.store_id'))
WHERE
    e.received_at >= $since
    AND e.batch_id IN (SELECT unnest($batches::UUID[]))
    AND e.name IN (SELECT unnest($names::VARCHAR[]))
GROUP BY ALL
