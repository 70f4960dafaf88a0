-- What a store is, and below which places it hangs today.
SELECT
    stores.store_id,
    stores.code AS store,
    stores.name AS store_name,
    nullif(stores.format, '') AS format,
    list(nodes.code) AS places
FROM stores
LEFT JOIN store_nodes ON
    store_nodes.store_id = stores.store_id
    AND store_nodes.valid_from <= $today
    AND store_nodes.valid_to > $today
LEFT JOIN nodes USING (node_id)
GROUP BY ALL;
