"""People who come back: members, their children, their consultants.

Tables: members_member, members_child, members_relation. Events: none.
Warehouse tables: members, children.
"""
