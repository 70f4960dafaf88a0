"""Why a record could not go in: a stable code, and the sentence a person reads."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "required": _("This must be given."),
    "sent_twice": _("This id occurs more than once in what was sent."),
    "rows_differ": _("Rows with the same id say different things."),
    "out_of_range": _("This number is too small or too large."),
    "ends_before_start": _("The end lies before the start."),
    "overlapping_dates": _("This overlaps in time with another row or with what is on record."),
    "unknown_store": _("There is no such store."),
    "unknown_node": _("There is no such store, branch or region."),
    "unknown_staff": _("There is no such member of staff."),
    "unknown_member": _("There is no such member."),
    "unknown_product": _("There is no such product."),
    "unknown_position": _("There is no such position."),
    "unknown_unit_rule": _("There is no such rule for counting units."),
    "unknown_gender": _("A gender is f or m."),
    "code_of_another_kind": _("This id belongs to another kind of place."),
    "branch_in_two_regions": _("The file puts this branch into two regions."),
    "needs_a_place": _("This position needs a store or another place."),
    "needs_a_date": _("A child needs a date of birth or a due date."),
    "too_many_levels": _("A category path has three levels at most."),
    "empty_level": _("A level of this category path has no name."),
    "wrong_width": _("The row has more or fewer values than there are columns."),
    "too_many_digits": _("Excel has lost the last digits of this number: format it as text."),
    "unknown_order": _("The orders file has no such order."),
    "duplicate_order": _("The orders file has this order twice; the first one counts."),
    "order_without_lines": _("The lines file has no line of this order."),
    "sealed_elsewhere": _("This phone was sealed by another system: give the number itself."),
    "missing": _("This must not be empty."),
    "not_a_whole_number": _("This is not a whole number."),
    "not_money": _("This is not an amount of money in whole cents."),
    "not_a_number": _("This is not a number."),
    "not_text": _("This holds a character that no text may hold."),
    "not_a_date": _("This is not a date."),
    "not_a_moment": _("This is not a date and time."),
    "not_yes_or_no": _("This is neither true nor false."),
    "broken_body": _("Nothing can be read from what was sent."),
    "not_a_choice": _("This is not one of the words that may stand here."),
}


def explain(reason: str) -> str:
    """The sentence for a reason, in the user's language; an unknown code stands for itself."""
    return str(REASONS.get(reason, reason))
