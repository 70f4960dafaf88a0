"""Goods come back against the ticket they were bought on, never more than were bought."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.act.pos import rules
from regulars.act.pos.buyers import lock_counter
from regulars.act.pos.inbox import hand_over
from regulars.act.pos.models import Sale
from regulars.act.pos.wishes import WishedReturn, method_of
from regulars.ground.accounts.access import Capability, Scope, check, may_see_node
from regulars.ground.accounts.models import User
from regulars.ground.audit.service import record
from regulars.ground.kit import clock
from regulars.ground.kit.errors import NotFound, UserError

WITH = ("store", "cashier", "staff", "member", "original__store")


def get_sale(scope: Scope, sale_id: Any) -> Sale:
    """Raises NotFound; a ticket of a store out of the scope looks the same."""
    sale = Sale.objects.select_related(*WITH).filter(sale_id=sale_id).first()
    if sale is None or not may_see_node(scope, sale.store_id):
        raise NotFound(_("There is no such ticket here."))
    return sale


def returned_milli(sale: Sale) -> list[int]:
    """How much of each line came back so far."""
    back = [0 for _line in sale.lines]
    for lines in Sale.objects.filter(original=sale).values_list("lines", flat=True):
        for line in lines:
            back[line["of"]] -= line["milli"]
    return back


def take_back(actor: User, original_id: Any, wish: WishedReturn) -> Sale:
    """A ticket of negative lines of today. The same return sent again gives the first. Raises
    UserError for more than was bought and is still away, and for a return of a return."""
    scope = check(actor, Capability.RUN_TILL)
    store = get_sale(scope, original_id).store
    counter = lock_counter(store)
    original = get_sale(scope, original_id)
    if before := Sale.objects.filter(sale_id=wish.sale_id).first():
        return _same(before, original, wish)
    lines = _lines(original, wish.milli)
    net = sum(line["net_cents"] for line in lines)
    now = clock.on_its_day(clock.now())
    counter.last_ticket += 1
    counter.save(update_fields=["last_ticket"])
    sale = Sale.objects.create(
        sale_id=wish.sale_id,
        store=store,
        number=counter.last_ticket,
        cashier=actor,
        staff=actor.staff,
        member=original.member,
        original=original,
        lines=lines,
        gross_cents=sum(line["gross_cents"] for line in lines),
        discount_cents=sum(line["discount_cents"] for line in lines),
        net_cents=net,
        method=method_of(wish.method),
        paid_cents=net,
        state=Sale.State.REFUND,
        sold_at=now,
        business_on=clock.business_date(now),
    )
    _mark(original)
    record(actor, "till.taken_back", "sale", sale.pk, ticket=sale.order_id, of=original.order_id)
    hand_over(sale)
    return sale


def returns_of(sale: Sale) -> QuerySet[Sale]:
    return sale.returns.select_related("store").order_by("number")


def _same(before: Sale, original: Sale, wish: WishedReturn) -> Sale:
    told = {line["of"]: -line["milli"] for line in before.lines if before.is_return}
    if before.original_id != original.pk or told != wish.milli:
        raise UserError(_("Another ticket was taken under this id already."), field="sale_id")
    return before


def _lines(original: Sale, wished: dict[int, int]) -> list[dict[str, Any]]:
    if original.is_return:
        raise UserError(_("What came back is not taken back again: sell it anew."))
    if not wished:
        raise UserError(_("Say what comes back."), field="milli")
    back = returned_milli(original)
    return [_line(original, place, back, milli) for place, milli in sorted(wished.items())]


def _line(original: Sale, place: int, back: list[int], milli: int) -> dict[str, Any]:
    if not 0 <= place < len(original.lines):
        raise UserError(_("The ticket has no such line."), field="milli")
    line, before = original.lines[place], back[place]
    if before + milli > line["milli"]:
        message = _("Of “%(name)s” no more can come back than was bought.")
        raise UserError(message % {"name": line["name"]}, field="milli")

    def share(name: str) -> int | None:
        if line[name] is None:
            return None
        return -rules.refund_of(line[name], line["milli"], before, milli)

    money = {name: share(name) for name in ("gross_cents", "net_cents", "cost_cents")}
    return {
        **line,
        **money,
        "of": place,
        "milli": -milli,
        # What was paid and what was taken off add up to the price, here as on the original.
        "discount_cents": (money["gross_cents"] or 0) - (money["net_cents"] or 0),
    }


def _mark(original: Sale) -> None:
    whole = [line["milli"] for line in original.lines] == returned_milli(original)
    original.state = Sale.State.RETURNED if whole else Sale.State.PARTLY
    original.save(update_fields=["state"])
