-- One period's baskets are no longer what they are.
DELETE FROM diagnosis_baskets WHERE first_on = $first_on AND last_on = $last_on;
