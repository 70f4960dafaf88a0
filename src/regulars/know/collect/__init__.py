"""The inbox: what anyone sends is stored here before it is answered.

Tables: collect_batch, collect_source, collect_source_minute, collect_reject (quarantine).
Publishes batch.loaded (by the loader).
"""
