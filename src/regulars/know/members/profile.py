"""What the member page shows of a member: who she is, her family, who looks after her."""

from dataclasses import dataclass
from datetime import date

from regulars.ground.kit import clock, crypto
from regulars.ground.kit.deployment import chain
from regulars.ground.org.models import Staff
from regulars.know.members.models import Child, Member, Relation
from regulars.know.members.rules import Stage, months_between, stage_on


@dataclass(frozen=True)
class ChildToday:
    """A child as of a date: `age_months` is negative before birth."""

    code: str
    birth_on: date | None
    due_on: date | None
    gender: str
    is_confirmed: bool
    age_months: int
    stage: Stage


@dataclass(frozen=True)
class Profile:
    """`consultants`: all relations, the latest first; `consultant`: today's; `graduates_on`: when
    the youngest child leaves the chain's age range, None without children."""

    member: Member
    masked_phone: str
    children: list[ChildToday]
    consultants: list[Relation]
    consultant: Staff | None


def get_profile(member: Member, on: date | None = None) -> Profile:
    """The member as of a date (today)."""
    day = on or clock.today()
    relations = list(member.relations.select_related("staff").order_by("-valid_from"))
    return Profile(
        member=member,
        masked_phone=masked_phone(member),
        children=_children_of(member, day),
        consultants=relations,
        consultant=next((r.staff for r in relations if _holds(r, day)), None),
    )


def _children_of(member: Member, on: date) -> list[ChildToday]:
    """The eldest first."""
    children = [_as_of(child, on) for child in member.children.all()]
    return sorted(children, key=lambda child: (-child.age_months, child.code))


def masked_phone(member: Member) -> str:
    """`138****5678`, empty when there is none."""
    return crypto.mask(crypto.decrypt(bytes(member.phone_sealed))) if member.phone_sealed else ""


def _as_of(child: Child, on: date) -> ChildToday:
    born_on = child.birth_on or child.due_on
    assert born_on is not None  # a constraint of the table
    return ChildToday(
        code=child.code,
        birth_on=child.birth_on,
        due_on=child.due_on,
        gender=child.gender,
        is_confirmed=child.is_confirmed,
        age_months=months_between(born_on, on),
        stage=stage_on(born_on, on, chain().age_range_months),
    )


def _holds(relation: Relation, on: date) -> bool:
    return relation.valid_from <= on and (relation.valid_to is None or on < relation.valid_to)
