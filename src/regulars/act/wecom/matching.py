"""Which WeCom user is which colleague: from a file, by equal codes, or one at a time."""

import csv
import io
from dataclasses import dataclass, field

from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.act.wecom.models import StaffMatch
from regulars.act.wecom.rules import is_userid
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.kit.sql import named
from regulars.ground.org.models import Staff
from regulars.ground.org.service import get_staff

Actor = AbstractBaseUser | None
COLUMNS = 2
MOST_ERRORS = 50
HEADINGS = frozenset({"staff_id", "staff_code", "工号", "员工编号"})


@dataclass
class Matched:
    """What a file brought: how many colleagues, and what is wrong with which line."""

    count: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


def list_staff_with_matches() -> QuerySet[Staff]:
    return Staff.objects.select_related("wecom", "user").order_by("code")


def match(actor: Actor, staff_code: str, userid: str) -> StaffMatch:
    """Raises UserError: no such colleague, no WeCom user id, or it is somebody else's."""
    staff, userid = get_staff(staff_code.strip()), userid.strip()
    if not is_userid(userid):
        raise UserError(_("“%s” is no WeCom user id.") % userid, field="userid")
    other = StaffMatch.objects.filter(userid__iexact=userid).exclude(staff=staff)
    if taken := other.select_related("staff").first():
        raise UserError(
            _("“%(userid)s” is %(name)s already.") % {"userid": userid, "name": taken.staff.name},
            field="userid",
        )
    facts = {
        "userid": userid, "by": StaffMatch.By.HAND, "made_at": clock.now(),
        "made_by_id": actor.pk if actor else None,
    }  # fmt: skip
    made, _is_new = StaffMatch.objects.update_or_create(staff=staff, defaults=facts)
    record(actor, "wecom.staff_matched", "staff", staff.pk, userid=userid)
    return made


def unmatch(actor: Actor, staff_code: str) -> None:
    """She signs in with her password, and is told nothing in WeCom. Raises NotFound."""
    staff = get_staff(staff_code)
    if not StaffMatch.objects.filter(staff=staff).delete()[0]:
        raise NotFound(_("%s is not matched.") % staff.name)
    record(actor, "wecom.staff_unmatched", "staff", staff.pk)


@transaction.atomic
def match_file(actor: Actor, text: str) -> Matched:
    """Lines of “staff code, WeCom user id” (comma or tab): all good ones, or none where a line is
    wrong. Later lines of one colleague hold."""
    outcome, pairs = Matched(), _pairs_of(text)
    staff = dict(Staff.objects.filter(code__in=[p[1] for p in pairs]).values_list("code", "pk"))
    wanted: dict[int, str] = {}
    owners: dict[str, int] = {}
    for line, code, userid in pairs:
        if fault := _fault(staff, owners, code, userid):
            outcome.faults.append((line, fault))
        else:
            wanted[staff[code]] = userid
            owners[userid.lower()] = staff[code]
    if outcome.faults or not wanted:
        outcome.faults = outcome.faults[:MOST_ERRORS]
        return outcome
    outcome.count = _keep(actor, wanted)
    record(actor, "wecom.staff_file", "wecom", 1, count=outcome.count)
    return outcome


def match_by_code(actor: Actor) -> int:
    """Whoever is not matched yet and works here today has her staff code as WeCom user id, where
    that can be one and is nobody's; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            named(__package__, "match_by_code"),
            {"now": clock.now(), "today": clock.today(), "actor": actor.pk if actor else None},
        )
        count = int(cursor.rowcount)
    record(actor, "wecom.staff_by_code", "wecom", 1, count=count)
    return count


def _pairs_of(text: str) -> list[tuple[int, str, str]]:
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    rows = enumerate(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter), start=1)
    cells = [(line, [*map(str.strip, row), "", ""]) for line, row in rows]
    return [
        (line, row[0], row[1])
        for line, row in cells
        if any(row) and not (line == 1 and row[0].lower() in HEADINGS)
    ]


def _fault(staff: dict[str, int], owners: dict[str, int], code: str, userid: str) -> str | None:
    if code not in staff:
        return _("There is no colleague “%s”.") % code
    if not is_userid(userid):
        return _("“%s” is no WeCom user id.") % userid
    if owners.get(userid.lower(), staff[code]) != staff[code]:
        return _("“%s” stands on two colleagues.") % userid
    return None


def _keep(actor: Actor, wanted: dict[int, str]) -> int:
    """An id that the file gives to another is taken from whoever had it."""
    userids = [userid.lower() for userid in wanted.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM wecom_staff WHERE lower(userid) = ANY(%s) OR staff_id = ANY(%s)",
            [userids, list(wanted)],
        )
    return len(
        StaffMatch.objects.bulk_create(
            StaffMatch(
                staff_id=staff_id, userid=userid, by=StaffMatch.By.FILE,
                made_by_id=actor.pk if actor else None,
            )
            for staff_id, userid in wanted.items()
        )
    )  # fmt: skip
