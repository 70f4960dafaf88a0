-- How much is there to derive, and beside how much?
SELECT
    (SELECT count(*) FROM touched_members) AS touched,
    (SELECT count(*) FROM tickets) AS tickets;
