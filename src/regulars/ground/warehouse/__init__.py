"""The one seam to DuckDB: query, execute, append; in process or over Flight."""
