"""The dated tree head office → region → branch → store, and who works where.

Tables: org_node, org_placement, org_store, org_staff, org_position. Events: none.
Warehouse tables: nodes, store_nodes, stores, staff, positions.
"""
