"""The small language in which tags and segments say who is meant: grammar, tree, types, SQL.

Owns no tables, publishes and hears nothing. A text becomes a tree (`parsing`); the tree is checked
as it becomes SQL, itself a tree (`compiling`), or becomes text again (`printing`).
"""
