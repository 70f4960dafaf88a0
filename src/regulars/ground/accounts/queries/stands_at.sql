-- Where does somebody stand on a day? Where the account says, if one of the positions is there;
-- otherwise where the latest of them is. (Postgres)
SELECT node_id
FROM org_position
WHERE staff_id = %(staff)s AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
ORDER BY (node_id = %(told)s) IS TRUE DESC, valid_from DESC, id
LIMIT 1
