-- Remember these orders for ever.
INSERT INTO order_keys BY NAME
SELECT order_no, ticket_id, version, $import_id AS import_id
FROM placed
WHERE fault IS NULL AND fate = 'new';
