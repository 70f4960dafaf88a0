-- One period's counts are no longer what they are.
DELETE FROM diagnosis_places WHERE first_on = $first_on AND last_on = $last_on;
