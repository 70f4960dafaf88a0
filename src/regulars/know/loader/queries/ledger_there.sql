-- What the warehouse holds, told in the same way as `ledger_here` tells what the inbox says.
SELECT
    left(batch_id::VARCHAR, 7) AS stretch,
    count(*) AS n,
    bit_xor(('0x' || right(batch_id::VARCHAR, 12))::BIGINT) AS checksum
FROM loaded_batches
GROUP BY ALL;
