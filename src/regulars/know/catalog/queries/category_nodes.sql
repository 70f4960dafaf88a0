-- Which categories lie below each category, itself among them?
WITH RECURSIVE below AS (
    SELECT id AS node_id, id AS category_id FROM catalog_category
    UNION ALL
    SELECT c.parent_id, below.category_id
    FROM below JOIN catalog_category AS c ON c.id = below.node_id
    WHERE c.parent_id IS NOT NULL
)
SELECT node_id, category_id FROM below ORDER BY node_id, category_id
