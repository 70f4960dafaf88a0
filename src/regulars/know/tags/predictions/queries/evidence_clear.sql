-- Goods speak of ages anew.
DELETE FROM model_evidence;
