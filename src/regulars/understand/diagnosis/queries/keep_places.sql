-- What was just counted is kept.
INSERT INTO diagnosis_places
SELECT $first_on, $last_on, store_id, part, members, buyers, tickets, net_cents
FROM diagnosis_staged_places;
