-- The products, those too that were sold but stand in no product list.
WITH listed AS (
    SELECT
        CAST(product_id AS VARCHAR) AS product_id,
        concat_ws(' ', coalesce(product_type, product_category, department), package_size) AS name,
        concat_ws(' > ', department, product_category, product_type) AS category,
        CASE brand
            WHEN 'Private' THEN 'Private label'
            ELSE printf('M%d', manufacturer_id)
        END AS brand,
        printf('M%d', manufacturer_id) AS supplier,
        CASE
            WHEN department IN ('FUEL', 'MISCELLANEOUS') OR product_category = 'COUPON/MISC ITEMS'
            THEN 'one'
            ELSE 'units'
        END AS unit_rule
    FROM products
),
unlisted AS (
    SELECT
        product_id,
        'Product ' || product_id AS name,
        'UNLISTED' AS category,
        CAST(NULL AS VARCHAR) AS brand,
        CAST(NULL AS VARCHAR) AS supplier,
        'units' AS unit_rule
    FROM (SELECT DISTINCT product_id FROM bought)
    ANTI JOIN listed USING (product_id)
)
FROM listed
UNION ALL
FROM unlisted
ORDER BY product_id
