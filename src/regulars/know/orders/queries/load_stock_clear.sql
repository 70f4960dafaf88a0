-- Days, stores and goods that the arriving stock speaks of anew.
DELETE FROM stock
USING arriving, stores, products
WHERE
    stores.code = arriving.store_id
    AND products.code = arriving.product_id
    AND stock.stock_on = arriving.stock_on
    AND stock.store_id = stores.store_id
    AND stock.product_id = products.product_id
    AND fault IS NULL;
