"""Tasks: leads on the phones of stores, who has which, and what came of each.

Owns tasks_*. Publishes `lead.opened`, `lead.assigned` and `lead.closed`; hears `batch.loaded`,
`events.loaded` and `segment.entered` in a process of its own, `play.stopped`,
`play.paused`, `play.approved`, `person.merged` and `person.forgotten`.
"""
