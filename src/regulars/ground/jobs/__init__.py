"""Background work, events between rooms, and the loops of processes that follow them.

Tables: jobs_event, jobs_handling; Procrastinate's own.
"""
