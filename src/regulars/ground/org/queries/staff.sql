-- Everyone who works or worked for the chain.
SELECT id, code, name FROM org_staff ORDER BY id
