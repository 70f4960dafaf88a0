"""Template tags: figures, icons and addresses."""
