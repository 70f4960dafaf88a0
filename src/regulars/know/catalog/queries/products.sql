-- Every product.
SELECT id, code, name, category_id, brand_id, unit_rule, is_gift, replenish_days, pack_content
FROM catalog_product ORDER BY id
