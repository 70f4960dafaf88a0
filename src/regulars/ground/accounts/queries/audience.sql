-- Where does everyone of these roles stand, who sees all goods there, and in which language are they
-- spoken to? The same places as `access.place_of` has it, for all at once.
SELECT
    who.id AS user_id,
    coalesce(place.node_id, (SELECT id FROM org_node WHERE kind = 'head_office')) AS node_id,
    coalesce(nullif(who.language, ''), %(language)s) AS language
FROM accounts_user AS who
LEFT JOIN LATERAL (
    SELECT node_id
    FROM org_position AS held
    WHERE held.staff_id = who.staff_id AND daterange(held.valid_from, held.valid_to) @> %(day)s
    ORDER BY held.node_id IS NOT DISTINCT FROM who.node_id DESC, held.valid_from DESC, held.id
    LIMIT 1
) AS held ON TRUE
CROSS JOIN LATERAL (
    SELECT
        CASE
            WHEN who.role = ANY(%(in_stores)s) AND who.staff_id IS NOT NULL THEN held.node_id
            ELSE who.node_id
        END AS node_id
) AS place
WHERE
    who.is_active
    AND who.role = ANY(%(roles)s)
    AND (place.node_id IS NOT NULL OR who.role <> ALL(%(need_a_place)s))
    AND who.category_codes = '{}' AND who.brand_codes = '{}'
ORDER BY who.id
