"""Tasks: leads on the phones of stores, who has which, and what came of each.

Owns tasks_*. Publishes `lead.opened`, `lead.assigned` and `lead.closed`; hears `batch.loaded`,
`segment.entered`, `play.stopped`.
"""
