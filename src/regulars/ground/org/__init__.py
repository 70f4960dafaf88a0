"""The dated tree head office → region → branch → store, and who works where.

Tables: org_node, org_placement, org_store, org_staff, org_position.
"""
