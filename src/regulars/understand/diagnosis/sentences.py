"""A finding as an operator would say it."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from regulars.understand.diagnosis.findings import CALENDAR, OPENING, Finding
from regulars.understand.metrics.service import WHOLE, part_name

NAMED = 3
AGAINST: Mapping[str, Promise] = {
    "previous": gettext_lazy("the period before"),
    "year": gettext_lazy("last year"),
    "target": gettext_lazy("the target"),
    "dates": gettext_lazy("the days it is set beside"),
}
CAUSES: Mapping[tuple[str, str], tuple[Promise, Promise]] = {
    # (part, factor): when it took away, when it brought
    ("new", "members"): (
        gettext_lazy("fewer new members joining"),
        gettext_lazy("more new members joining"),
    ),
    ("new", "buyers"): (
        gettext_lazy("new members who do not buy"),
        gettext_lazy("more new members who buy"),
    ),
    ("active_old", "members"): (
        gettext_lazy("fewer active old members to begin with"),
        gettext_lazy("more active old members to begin with"),
    ),
    ("active_old", "buyers"): (
        gettext_lazy("active old members not coming back"),
        gettext_lazy("more active old members coming back"),
    ),
    ("dormant_old", "buyers"): (
        gettext_lazy("fewer dormant members won back"),
        gettext_lazy("more dormant members won back"),
    ),
    ("never_bought", "buyers"): (
        gettext_lazy("fewer first purchases by members who had never bought"),
        gettext_lazy("more first purchases by members who had never bought"),
    ),
    ("cross_store", "buyers"): (
        gettext_lazy("fewer members of other stores buying here"),
        gettext_lazy("more members of other stores buying here"),
    ),
    ("non_member", "tickets"): (
        gettext_lazy("fewer purchases by non-members"),
        gettext_lazy("more purchases by non-members"),
    ),
    (WHOLE, "buyers"): (
        gettext_lazy("fewer members buying"),
        gettext_lazy("more members buying"),
    ),
    (WHOLE, "tickets"): (
        gettext_lazy("people coming less often"),
        gettext_lazy("people coming more often"),
    ),
    (WHOLE, "lines"): (
        gettext_lazy("fewer goods on each ticket"),
        gettext_lazy("more goods on each ticket"),
    ),
    (WHOLE, "units"): (
        gettext_lazy("fewer pieces of each thing"),
        gettext_lazy("more pieces of each thing"),
    ),
    (WHOLE, "net_cents"): (
        gettext_lazy("lower prices per piece"),
        gettext_lazy("higher prices per piece"),
    ),
    (WHOLE, CALENDAR): (
        gettext_lazy("the calendar: weekdays and festivals fall otherwise"),
        gettext_lazy("the calendar: weekdays and festivals fall otherwise"),
    ),
    (WHOLE, OPENING): (
        gettext_lazy("stores that opened or closed"),
        gettext_lazy("stores that opened or closed"),
    ),
}
GENERAL: Mapping[str, tuple[Promise, Promise]] = {
    "members": (gettext_lazy("fewer members: %(part)s"), gettext_lazy("more members: %(part)s")),
    "buyers": (gettext_lazy("fewer of them buying: %(part)s"),
               gettext_lazy("more of them buying: %(part)s")),
    "tickets": (gettext_lazy("coming less often: %(part)s"),
                gettext_lazy("coming more often: %(part)s")),
}  # fmt: skip


def cause_of(finding: Finding) -> str:
    """Only the cause: "active old members not coming back"."""
    factor = finding.factor or _kind(finding)
    brought = finding.contribution_cents > 0
    known = CAUSES.get((finding.part, factor))
    if known:
        return str(known[brought])
    general = GENERAL.get(factor, CAUSES[WHOLE, "tickets"])[brought]
    name = _("all members") if finding.part == WHOLE else part_name(finding.part)
    return str(general) % {"part": name}


def sentence_of(finding: Finding) -> str:
    """The gap, how much of it the cause is, where, in what. In the reader's language."""
    facts = {
        "asked": finding.asked_name,
        "gap": amount(finding.gap_cents),
        "against": AGAINST.get(finding.against, AGAINST["dates"]),
        "place": finding.node_name,
        "cents": amount(finding.contribution_cents),
        "cause": cause_of(finding),
    }
    parts = [_gap(finding) % facts + _cause(finding) % facts]
    if finding.category_name:
        parts.append(_("in %(goods)s") % {"goods": finding.category_name})
    worst = [place.name for place in finding.worst_places[:NAMED]]
    if worst and [finding.node_name] != worst:
        parts.append(_("most in %(places)s") % {"places": _and(worst)})
    goods = [each.name for each in finding.worst_categories[:NAMED]]
    if goods and not finding.category_name:
        parts.append(_("above all %(goods)s") % {"goods": _and(goods)})
    return pgettext("between parts of a sentence", ", ").join(parts) + _(".")


def amount(cents: int) -> str:
    """Whole units of money, without a sign."""
    return f"{(abs(cents) + 50) // 100:,}"


def _gap(finding: Finding) -> str:
    if finding.gap_cents < 0:
        return _("%(asked)s is %(gap)s below %(against)s; ")
    if finding.gap_cents > 0:
        return _("%(asked)s is %(gap)s above %(against)s; ")
    return _("%(asked)s is level with %(against)s; ")


def _cause(finding: Finding) -> str:
    share = finding.telling_share
    here = finding.node_name == finding.asked_name
    if share is not None:
        percent = f"{float(share) * 100:.0f} %%"
        if here:
            return percent + _(" of it (%(cents)s) is %(cause)s")
        return percent + _(" of it (%(cents)s) is %(cause)s at %(place)s")
    if finding.contribution_cents < 0:
        if here:
            return _("%(cents)s are lost by %(cause)s")
        return _("%(cents)s are lost by %(cause)s at %(place)s")
    if here:
        return _("%(cents)s are won by %(cause)s")
    return _("%(cents)s are won by %(cause)s at %(place)s")


def _and(names: list[str]) -> str:
    return _(", ").join(names)


def _kind(finding: Finding) -> str:
    """What a finding without a factor is: the first guard that explains it."""
    codes = [guard.code for guard in finding.guards if guard.is_it]
    return OPENING if OPENING in codes and CALENDAR not in codes else CALENDAR
