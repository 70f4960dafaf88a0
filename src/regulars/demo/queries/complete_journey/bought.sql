-- What was bought: the package's lines as the chain counts them, with exact cents and local dates.
SELECT
    CAST(basket_id AS VARCHAR) AS order_id,
    transaction_timestamp AT TIME ZONE 'UTC' AS sold_at,
    CAST(timezone('America/New_York', transaction_timestamp AT TIME ZONE 'UTC') AS DATE) AS sold_on,
    CAST(store_id AS VARCHAR) AS store_id,
    CAST(household_id AS VARCHAR) AS member_id,
    CAST(product_id AS VARCHAR) AS product_id,
    quantity,
    CAST(round(sales_value * 100) AS BIGINT) AS net_cents,
    CAST(round(retail_disc * 100) + round(coupon_match_disc * 100) AS BIGINT) AS chain_cents,
    CAST(round(coupon_disc * 100) AS BIGINT) AS supplier_cents
FROM transactions
