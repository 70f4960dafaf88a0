-- Which tickets does the new chain change?
CREATE OR REPLACE TEMP TABLE changed AS
SELECT
    tickets.* REPLACE (
        chains.prev_on AS prev_on,
        chains.joined_on AS joined_on,
        chains.home_store_id AS home_store_id,
        chains.graduates_on AS graduates_on
    )
FROM tickets
JOIN chains USING (ticket_id)
WHERE (chains.prev_on, chains.joined_on, chains.home_store_id, chains.graduates_on)
    IS DISTINCT FROM (tickets.prev_on, tickets.joined_on, tickets.home_store_id, tickets.graduates_on);
