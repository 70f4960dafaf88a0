"""Kinds of files: each gives its columns at once, and its rows when they are wanted."""
