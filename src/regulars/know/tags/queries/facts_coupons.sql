-- Events that speak of coupons.
SELECT events.*, coupon_state(events.name) AS state, persons.member_id, stores.store_id
FROM events
LEFT JOIN persons USING (person_id)
LEFT JOIN stores ON stores.code = store_code
WHERE coupon_state(events.name) IS NOT NULL;
