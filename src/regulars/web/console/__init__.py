"""The desk: head office, regions, categories."""
