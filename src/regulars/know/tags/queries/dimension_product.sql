-- What a line's product is.
SELECT
    product_id,
    products.code AS product,
    products.name AS product_name,
    categories.code AS category,
    split_part(categories.code, ' > ', 1) AS top_category,
    brands.code AS brand,
    is_gift
FROM products
LEFT JOIN categories USING (category_id)
LEFT JOIN brands USING (brand_id);
