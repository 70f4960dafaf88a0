-- By what are the regions and branches of a stores file known? By id, or else by name.
UPDATE given
SET region_id = coalesce(region_id, region), branch_id = coalesce(branch_id, branch)
WHERE coalesce(region, branch) IS NOT NULL
