"""The process that carries inbox batches into Postgres and the warehouse."""
