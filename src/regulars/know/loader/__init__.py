"""The process that carries inbox batches into Postgres and the warehouse.

Tables: loader_step_minute. Publishes batch.loaded, events.loaded; hears person.forgotten.
"""
