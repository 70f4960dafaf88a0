-- One period's counts of goods are no longer what they are.
DELETE FROM diagnosis_goods WHERE first_on = $first_on AND last_on = $last_on;
