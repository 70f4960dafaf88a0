"""Why the numbers move: metrics first, then targets and diagnosis."""
