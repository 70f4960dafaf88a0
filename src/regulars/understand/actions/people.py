"""To whom something can be given."""

from dataclasses import dataclass

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from regulars.ground.accounts.models import User
from regulars.ground.kit import clock
from regulars.ground.kit.errors import UserError
from regulars.ground.org.models import Node, Position, Staff
from regulars.ground.org.service import node_ids_under

MOST_PEOPLE = 200
LEADING = (Position.Kind.REGION_HEAD, Position.Kind.BRANCH_HEAD, Position.Kind.STORE_MANAGER)


@dataclass(frozen=True)
class Person:
    """Someone an action can be given to: a member of staff, with or without an account, or a user
    who stands for nobody of the staff. `place` is where the person stands: what is given is to be
    done there. `key` names the person in forms."""

    staff: Staff | None
    user: User | None
    what: str
    place: Node

    @property
    def key(self) -> str:
        return (
            f"staff-{self.staff.pk}" if self.staff else f"user-{self.user.pk if self.user else 0}"
        )

    @property
    def name(self) -> str:
        return str(self.staff or self.user)

    @property
    def has_account(self) -> bool:
        return self.user is not None


def list_people(node: Node) -> list[Person]:
    """To whom something at a place can be given: a store's staff and the users who stand there; of
    a place of many stores those who lead it, or a place below it. At most `MOST_PEOPLE` of either,
    the nearest first."""
    is_store = node.kind == Node.Kind.STORE
    places = [node.pk] if is_store else node_ids_under(node.pk)
    staff = _leading(node, places) if not is_store else _staff_of(node)
    users = (
        User.objects.filter(is_active=True, node_id__in=places)
        .exclude(staff_id__in=[person.staff.pk for person in staff if person.staff])
        .select_related("node")
        .order_by("username")
    )
    if not is_store:
        users = users.exclude(role=User.Role.CONSULTANT)
    standing = [
        Person(None, u, _what(u.get_role_display(), u.node, node), u.node or node)
        for u in users[:MOST_PEOPLE]
    ]
    return staff + standing if is_store else standing + staff


def find_person(node: Node, key: str) -> Person:
    """Raises UserError for someone to whom nothing at the place can be given."""
    for person in list_people(node):
        if person.key == key:
            return person
    raise UserError(_("Choose who is to do it."), field="who")


def _staff_of(store: Node) -> list[Person]:
    """The manager first."""
    held = _positions([store.pk])
    return _once(sorted(held, key=lambda p: p.kind != Position.Kind.STORE_MANAGER), store)


def _leading(node: Node, places: list[int]) -> list[Person]:
    """Whoever leads the place itself, then those below, from larger to smaller places."""
    ranks = {str(kind): rank for rank, kind in enumerate(LEADING)}
    by_rank = Case(*(When(kind=kind, then=Value(rank)) for kind, rank in ranks.items()))
    held = _positions(places).filter(kind__in=LEADING).annotate(rank=by_rank)
    nearest = held.order_by("rank", "node__name", "staff__name")[:MOST_PEOPLE]
    return _once(sorted(nearest, key=lambda p: p.node_id != node.pk), node)


def _positions(places: list[int]) -> QuerySet[Position]:
    held = Position.objects.valid_on(clock.today()).filter(node_id__in=places)
    return held.select_related("staff__user", "node").order_by("kind", "staff__name")


def _once(positions: list[Position], node: Node) -> list[Person]:
    """Of somebody's two positions the first one counts."""
    people: dict[int, Person] = {}
    for held in positions:
        people.setdefault(held.staff_id, _person(held, node))
    return list(people.values())


def _person(held: Position, node: Node) -> Person:
    account = getattr(held.staff, "user", None)
    what = _what(held.get_kind_display(), held.node, node)
    return Person(held.staff, account, what, held.node)


def _what(kind: str, where: Node | None, node: Node) -> str:
    return kind if where is None or where.pk == node.pk else f"{kind} · {where.name}"
