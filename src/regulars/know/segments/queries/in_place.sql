-- Who is at home in a store at or below a place?
SELECT member_id
FROM members
WHERE home_store_id IN (
    SELECT store_id
    FROM store_nodes
    WHERE node_id = $id AND valid_from <= $today AND valid_to > $today
);
