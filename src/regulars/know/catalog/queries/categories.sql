-- Every category.
SELECT id, code, name, parent_id, depth FROM catalog_category ORDER BY id
