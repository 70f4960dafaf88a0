-- Which of these orders came before?
CREATE OR REPLACE TEMP TABLE known AS
SELECT order_no, ticket_id, version, import_id
FROM tickets
SEMI JOIN heads USING (order_no);
