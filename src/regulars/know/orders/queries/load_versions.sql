-- A later version is the known one from now on.
UPDATE order_keys
SET version = placed.version, import_id = $import_id
FROM placed
WHERE placed.ticket_id = order_keys.ticket_id AND placed.fault IS NULL AND placed.fate = 'replace';
