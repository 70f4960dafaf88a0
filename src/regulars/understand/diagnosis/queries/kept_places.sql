-- What did the stores asked for count in one kept period, by part?
SELECT store_id, part, members, buyers, tickets, net_cents
FROM diagnosis_places
WHERE first_on = $first_on AND last_on = $last_on;
