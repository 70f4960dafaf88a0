"""Names as a phone shows them in a shop: enough to know her by, not enough to look her up."""

from regulars.know.members.models import Member

HIDDEN = "**"


def masked_name(member: Member) -> str:
    """`王**` for 王小芳; the end of her number where no name is on record."""
    return masked(member.name, member.code)


def masked(name: str, code: str) -> str:
    """The same, of a name and a number."""
    name = name.strip()
    return name[0] + HIDDEN if name else "*" + code[-4:]
