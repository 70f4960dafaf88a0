"""How categories are named: by the path of names from the top."""

LEVELS = 3
SEPARATOR = " > "


def codes_of_path(code: str) -> list[str]:
    """The categories from the top down to this one: "A > B" → ["A", "A > B"]."""
    names = code.split(SEPARATOR)
    return [SEPARATOR.join(names[: depth + 1]) for depth in range(len(names))]


def is_below(code: str, ancestor: str) -> bool:
    """Whether a category is another one or lies below it."""
    return code == ancestor or code.startswith(ancestor + SEPARATOR)
