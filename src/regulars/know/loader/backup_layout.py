"""What stands in a backup: a tar file, its members named as in the data folder."""

WAREHOUSE, DATABASE, ARCHIVE = "warehouse.duckdb", "database.dump", "archive"
SETTINGS = (
    "secrets.toml", "regulars.toml", "demo.json", "daily_use.toml", "stage_evidence.toml",
)  # fmt: skip
