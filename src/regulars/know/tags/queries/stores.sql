-- What is on record of stores?
SELECT
    stores.store_id,
    stores.store_id AS place_store,
    own.parent_id AS place_branch,
    stores.name AS store_name,
    nullif(format, '') AS format,
    area_m2,
    opened_on,
    coalesce(closed_on <= $today, FALSE) AS is_closed,
    parents.name AS branch
FROM stores
LEFT JOIN nodes AS own ON own.node_id = stores.store_id
LEFT JOIN nodes AS parents ON parents.node_id = own.parent_id;
