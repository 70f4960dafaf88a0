-- The numbers may have changed: what was worked out before holds no longer.
UPDATE freshness SET version = version + 1, as_of = now();
