-- Every brand.
SELECT id, code, name FROM catalog_brand ORDER BY id
