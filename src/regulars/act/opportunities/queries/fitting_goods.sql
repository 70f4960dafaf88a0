-- Which goods fit each of the asked, the best first? Of what a play names: her own usual goods before
-- what sells best ("usual": her own alone); or goods that stand too long in her store, of the kinds that
-- she buys. What stands in the store goes before what nobody knows of, what is out comes last.
WITH asked AS (
    SELECT
        unnest($rows::BIGINT[]) AS row_no,
        unnest($members::BIGINT[]) AS member_id,
        unnest($stores::BIGINT[]) AS store_id,
        unnest($kinds::VARCHAR[]) AS kind,
        unnest($keys::VARCHAR[]) AS key
),
codes AS (
    SELECT unnest($named_keys::VARCHAR[]) AS key, unnest($named_codes::VARCHAR[]) AS code,
        unnest($named_places::BIGINT[]) AS place
),
wanted AS (
    SELECT categories.code AS key, products.product_id, NULL AS place
    FROM categories
    INNER JOIN category_nodes ON categories.category_id = category_nodes.node_id
    INNER JOIN products ON category_nodes.category_id = products.category_id
    WHERE categories.code IN (SELECT key FROM asked WHERE kind = 'category') AND NOT products.is_gift
    UNION ALL
    SELECT codes.key, products.product_id, codes.place
    FROM codes INNER JOIN products ON codes.code = products.code
),
bought AS (
    SELECT member_id, product_id, count(DISTINCT ticket_id) AS times, max(business_on) AS last_on
    FROM order_lines
    WHERE
        member_id IN (SELECT member_id FROM asked)
        AND business_on > $today - 365 AND business_on <= $today AND net_cents > 0
    GROUP BY member_id, product_id
),
popular AS (
    SELECT wanted.key, lines.product_id, count(*) AS times
    FROM order_lines AS lines
    INNER JOIN wanted ON lines.product_id = wanted.product_id AND wanted.place IS NULL
    WHERE lines.business_on > $today - 90 AND lines.business_on <= $today AND lines.quantity > 0
    GROUP BY wanted.key, lines.product_id
    QUALIFY row_number() OVER (PARTITION BY wanted.key ORDER BY count(*) DESC, lines.product_id) <= 10
),
counted AS (
    SELECT store_id, max(stock_on) AS stock_on FROM stock
    WHERE stock_on <= $today AND store_id IN (SELECT store_id FROM asked)
    GROUP BY store_id
),
standing AS (
    SELECT stock.store_id, stock.product_id, stock.quantity
    FROM stock INNER JOIN counted
        ON stock.store_id = counted.store_id AND stock.stock_on = counted.stock_on
),
sold AS (
    SELECT store_id, product_id, sum(quantity) AS quantity
    FROM order_lines
    WHERE
        business_on > $today - 60 AND business_on <= $today
        AND store_id IN (SELECT store_id FROM asked WHERE kind = 'slow')
    GROUP BY store_id, product_id
),
slow AS (
    SELECT standing.store_id, standing.product_id, products.category_id, standing.quantity
    FROM standing
    INNER JOIN products ON standing.product_id = products.product_id AND NOT products.is_gift
    LEFT JOIN sold
        ON standing.store_id = sold.store_id AND standing.product_id = sold.product_id
    WHERE standing.quantity > 0 AND standing.quantity > 1.5 * coalesce(sold.quantity, 0)
),
kinds AS (
    SELECT bought.member_id, products.category_id, sum(bought.times) AS times
    FROM bought INNER JOIN products ON bought.product_id = products.product_id
    GROUP BY bought.member_id, products.category_id
),
fitting AS (
    SELECT asked.row_no, asked.store_id, bought.product_id, 1 AS tier, bought.times, bought.last_on
    FROM asked INNER JOIN bought ON asked.member_id = bought.member_id
    WHERE
        asked.kind = 'usual'
        OR asked.kind = 'category' AND (asked.key, bought.product_id) IN (SELECT (key, product_id) FROM wanted)
    UNION ALL
    SELECT asked.row_no, asked.store_id, popular.product_id, 2, popular.times, NULL
    FROM asked INNER JOIN popular ON asked.key = popular.key AND asked.kind = 'category'
    UNION ALL
    SELECT asked.row_no, asked.store_id, wanted.product_id, 1, -wanted.place, NULL
    FROM asked INNER JOIN wanted ON asked.key = wanted.key AND asked.kind = 'products'
    UNION ALL
    SELECT asked.row_no, asked.store_id, slow.product_id, 1, kinds.times, NULL
    FROM asked
    INNER JOIN kinds ON asked.member_id = kinds.member_id
    INNER JOIN slow ON asked.store_id = slow.store_id AND kinds.category_id = slow.category_id
    WHERE asked.kind = 'slow'
),
ranked AS (
    SELECT
        fitting.row_no,
        products.code,
        row_number() OVER (
            PARTITION BY fitting.row_no
            ORDER BY
                CASE
                    WHEN standing.quantity > 0 THEN 0 WHEN counted.stock_on IS NULL THEN 1 ELSE 2
                END,
                min(fitting.tier), max(fitting.times) DESC, max(fitting.last_on) DESC NULLS LAST,
                fitting.product_id
        ) AS place
    FROM fitting
    INNER JOIN products ON fitting.product_id = products.product_id
    LEFT JOIN counted ON fitting.store_id = counted.store_id
    LEFT JOIN standing
        ON fitting.store_id = standing.store_id AND fitting.product_id = standing.product_id
    WHERE products.code NOT IN (SELECT unnest($guarded::VARCHAR[]))
    GROUP BY fitting.row_no, fitting.product_id, products.code, standing.quantity, counted.stock_on
)
SELECT row_no, to_json(list(code ORDER BY place))::VARCHAR AS goods
FROM ranked
WHERE place <= $most
GROUP BY row_no;
