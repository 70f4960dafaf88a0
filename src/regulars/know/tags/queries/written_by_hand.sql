-- What staff wrote last, up to a day; of a record that was merged it is hers whom it goes on as.
SELECT
    subject,
    manual_values.code,
    coalesce(kept_member_id, owner_id) AS owner_id,
    arg_max_null(value, value_id) AS value
FROM manual_values
LEFT JOIN merged_members ON subject = 'member' AND member_id = owner_id
WHERE set_on <= $today
GROUP BY ALL;
