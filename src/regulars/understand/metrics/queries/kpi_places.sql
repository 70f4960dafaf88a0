-- Selling area and people at a node, each for the share of the period in which they were there.
WITH places AS (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $org AND valid_from <= $as_of AND valid_to > $as_of
),
areas AS (
    SELECT
        area_m2,
        greatest(0, least(coalesce(closed_on, $end), $end::DATE) - greatest(coalesce(opened_on, $start), $start::DATE)) AS days
    FROM stores
    SEMI JOIN places USING (store_id)
),
people AS (
    SELECT greatest(0, least(coalesce(valid_to, $end), $end::DATE) - greatest(valid_from, $start::DATE)) AS days
    FROM positions
    JOIN places ON places.store_id = positions.node_id
)
SELECT
    (SELECT CASE WHEN count(*) = count(area_m2) THEN sum(area_m2 * days) END FROM areas)::BIGINT AS m2_days,
    (SELECT sum(days) FROM people)::BIGINT AS person_days;
