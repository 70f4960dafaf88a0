-- Which of these orders came before? An order is known by its number and by who numbered it.
CREATE OR REPLACE TEMP TABLE known AS
SELECT order_no, ticket_id, version, import_id
FROM tickets
SEMI JOIN heads USING (order_no)
WHERE sender_of(source) = sender_of($source);
