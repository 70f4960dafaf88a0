-- Which of these orders came before?
CREATE OR REPLACE TEMP TABLE known AS
FROM order_keys
SEMI JOIN heads USING (order_no);
