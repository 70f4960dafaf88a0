"""What each part of the tree holds, in one sentence."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PART_NOTES: dict[str, Promise] = {
    "new": _("Joined inside the period."),
    "active_old": _("Joined before the period and bought in the %(window)s days before it."),
    "dormant_old": _("Bought once, but not in the %(window)s days before the period."),
    "never_bought": _("Joined before the period and had bought nothing by its start."),
    "graduated": _("Their youngest child has left the chain's age range: this is not churn."),
    "cross_store": _("Members of other stores who bought here."),
    "non_member": _("Tickets without a member."),
    "returns": _("Returned in this period, bought before it."),
}
