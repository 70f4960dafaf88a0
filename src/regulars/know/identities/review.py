"""What waits for a person's eyes: identities seen with too many, and links that were not made."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from regulars.ground.audit.service import record
from regulars.know.identities import store
from regulars.know.identities.graph import Graph
from regulars.know.identities.models import Identity, Link, Move, Person
from regulars.know.identities.saving import save
from regulars.know.members.models import Member

Actor = AbstractBaseUser | None
MOST_SHOWN = 200


@dataclass(frozen=True)
class Suggestion:
    """Two identities that may be one person: linking them would break a limit. `members` are the
    two members behind them, None where one is no member."""

    link: Link
    one: Identity
    other: Identity
    members: tuple[Member | None, Member | None]

    @property
    def can_be_merged(self) -> bool:
        one, other = self.members
        return one is not None and other is not None and one != other


def list_shared(*, is_reviewed: bool = False) -> QuerySet[Identity]:
    """Identities that stand alone, and nobody has looked at (or somebody has), the latest seen
    first."""
    waiting = Identity.objects.filter(is_shared=True, is_reviewed=is_reviewed)
    return waiting.order_by("-last_seen_at", "-pk")


def list_suggestions() -> list[Suggestion]:
    """Links that are held and nobody has looked at, the latest first."""
    held = list(
        Link.objects.filter(is_held=True, is_reviewed=False).order_by("-first_seen_at")[:MOST_SHOWN]
    )
    ends = {each for link in held for each in (link.follower_id, link.followed_id)}
    identities = Identity.objects.in_bulk(list(ends))
    persons = Person.objects.in_bulk([each.person_id for each in identities.values()])
    members = Member.objects.in_bulk([each.member_id for each in persons.values()])

    def member_of(identity: Identity) -> Member | None:
        person = persons.get(identity.person_id)
        return members.get(person.member_id) if person else None

    found = []
    for link in held:
        one, other = identities[link.follower_id], identities[link.followed_id]
        found.append(Suggestion(link, one, other, (member_of(one), member_of(other))))
    return found


def list_identities(member: Member) -> QuerySet[Identity]:
    """What is known to be hers, the latest seen first."""
    own = Identity.objects.filter(member_id=member.pk).values("person_id")
    return Identity.objects.filter(person_id__in=own).order_by("-last_seen_at", "kind")


@transaction.atomic
def set_apart(actor: Actor, identity: Identity) -> None:
    """This identity is nobody's in particular: it stands alone, and links with nobody."""
    _decide(actor, identity, "identity.set_apart", is_shared=True, is_exempt=False)


@transaction.atomic
def let_link(actor: Actor, identity: Identity) -> None:
    """This identity may link, with however many it was seen."""
    _decide(actor, identity, "identity.let_link", is_shared=False, is_exempt=True)


@transaction.atomic
def dismiss_suggestion(actor: Actor, link: Link) -> None:
    """Take a suggestion off the list; the two stay apart."""
    ends = {"follower_id": link.follower_id, "followed_id": link.followed_id}
    Link.objects.filter(**ends).update(is_reviewed=True)
    record(actor, "identity.suggestion_dismissed", "identity", link.follower_id, **ends)


def _decide(
    actor: Actor, identity: Identity, action: str, *, is_shared: bool, is_exempt: bool
) -> None:
    store.lock()
    Identity.objects.filter(pk=identity.pk).update(is_reviewed=True, is_exempt=is_exempt)
    graph = Graph(Move.Cause.REVIEW)
    graph.touch([identity.pk])
    graph.nodes[identity.pk].is_shared = is_shared
    graph.settle()
    save(graph)
    record(actor, action, "identity", identity.pk, kind=identity.kind, hint=identity.hint)
    store.tell_loader([identity.pk])
