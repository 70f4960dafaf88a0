-- What does a products file say of each product?
SELECT g.line_no, coalesce(p.id, nextval('catalog_product_id_seq')) AS id, p.id IS NULL AS is_new,
       g.product_id AS code, coalesce(g.name, CASE WHEN p.id IS NULL THEN g.product_id END) AS name,
       c.id AS category_id, b.id AS brand_id, g.supplier, g.barcode, g.unit_rule, g.is_gift,
       g.replenish_days::integer, g.pack_content::integer, g.list_cents, g.cost_cents
FROM given AS g
LEFT JOIN paths_given AS paths USING (category)
LEFT JOIN catalog_category AS c
    ON c.code = array_to_string(paths.levels, %(separator)s)
LEFT JOIN catalog_brand AS b ON b.code = g.brand
LEFT JOIN catalog_product AS p ON p.code = g.product_id
