-- Of a forgotten member nothing stays that staff wrote before.
DELETE FROM manual_values
USING staged_manual AS s
WHERE
    s.is_forgotten
    AND manual_values.subject = s.subject
    AND manual_values.code = s.code
    AND manual_values.owner_id = s.owner_id
    AND manual_values.value_id < s.value_id;
