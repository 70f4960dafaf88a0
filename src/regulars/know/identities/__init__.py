"""One-ID: which identities are one person, and which person is a member.

Tables: identities_identity, _link, _person, _merge, _move, _consent. Warehouse table: persons.
Events: person.merged, person.forgotten.
"""
