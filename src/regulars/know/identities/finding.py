"""Who is behind an identity that a system outside told of."""

from regulars.know.identities.hashes import hash_of
from regulars.know.identities.models import Identity, Person
from regulars.know.identities.rules import normalised


def find_member_id(kind: str, value: str) -> int | None:
    """The member that an identity leads to, by what was seen and what is on record."""
    form = normalised(kind, value)
    if form is None:
        return None
    known = Identity.objects.filter(kind=kind, value_hash=hash_of(kind, form)).first()
    if known is None:
        return None
    person = Person.objects.filter(pk=known.person_id)
    return person.values_list("member_id", flat=True).first()
