-- All tickets anew, each with its chain; they keep their order, so that a month lies together.
CREATE OR REPLACE TABLE tickets AS
SELECT
    tickets.* REPLACE (
        chains.prev_on AS prev_on,
        chains.joined_on AS joined_on,
        chains.home_store_id AS home_store_id,
        chains.graduates_on AS graduates_on
    )
FROM tickets
LEFT JOIN chains USING (ticket_id);
