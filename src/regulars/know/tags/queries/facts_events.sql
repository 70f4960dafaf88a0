-- Events of members, of the stores and the staff that they name.
SELECT events.*, persons.member_id, stores.store_id, staff.staff_id
FROM events
LEFT JOIN persons USING (person_id)
LEFT JOIN stores ON stores.code = store_code
LEFT JOIN staff ON staff.code = staff_code;
