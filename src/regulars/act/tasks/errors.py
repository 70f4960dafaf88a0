"""What keeps someone from a lead, said by name."""

from django.utils.translation import gettext as _

from regulars.act.tasks.models import Lead, LeadChange
from regulars.ground.kit.errors import UserError


class Taken(UserError):
    """Somebody else has it: `by` is the name."""

    def __init__(self, by: str) -> None:
        super().__init__(_("%(by)s has taken this already.") % {"by": by})
        self.by = by


class Conflict(UserError):
    """The lead is not any more as it was seen: `by` did `what` meanwhile."""

    def __init__(self, by: str, what: str) -> None:
        super().__init__(
            _("Meanwhile, by %(by)s: %(what)s. Look at it again.") % {"by": by, "what": what}
        )
        self.by, self.what = by, what


def conflict_over(lead: Lead) -> Conflict:
    """Who did the last thing to it, and what that was."""
    last = lead.changes.select_related("made_by").order_by("-pk").first()
    by = str(last.made_by) if last and last.made_by else _("the system")
    return Conflict(by, str(LeadChange.What(last.what).label) if last else lead.state)


class NotOffered(UserError):
    """No lead may be opened, or no channel used. `reason` is a stable code: held_out, consent,
    cap, quiet, has_one, elsewhere, gone."""

    def __init__(self, reason: str) -> None:
        super().__init__(_reasons()[reason])
        self.reason = reason


def _reasons() -> dict[str, str]:
    return {
        "held_out": _("This member is in the group that the play is compared with."),
        "consent": _("This member has not agreed to be approached this way."),
        "cap": _("This member was approached often enough of late."),
        "quiet": _("Nobody is approached at this hour."),
        "has_one": _("Somebody is to approach this member already."),
        "elsewhere": _("This member is at home in another store."),
        "gone": _("This member is not on record any more."),
    }
