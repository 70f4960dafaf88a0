-- Members, as what happened to their home stores.
SELECT *, home_store_id AS store_id
FROM members;
