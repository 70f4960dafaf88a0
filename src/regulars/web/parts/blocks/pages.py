"""Home pages of desk and phone: blocks in someone's order, and the page to arrange them."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ground.accounts.access import scope_of
from regulars.ground.accounts.service import arrange_home
from regulars.ground.kit.errors import NotAllowed, NotFound
from regulars.ground.warehouse.service import WarehouseAway, WarehouseTooSlow
from regulars.understand.metrics.service import ask
from regulars.web.parts.blocks.block import Block, Device, Looking
from regulars.web.parts.blocks.order import Arrangement, Move, arranged, moved
from regulars.web.parts.blocks.registry import BLOCKS, BY_CODE
from regulars.web.parts.demo_roles import list_demo_roles
from regulars.web.parts.forms import Form, given
from regulars.web.parts.who import signed_in

HOME = {Device.DESK: "home", Device.PHONE: "phone_home"}
BLOCK = {Device.DESK: "block", Device.PHONE: "phone_block"}
ARRANGE = {Device.DESK: "arrange", Device.PHONE: "phone_arrange"}
AS_USUAL = "as_usual"
LABELS = {
    Move.UP: gettext_lazy("Up"),
    Move.DOWN: gettext_lazy("Down"),
    Move.HIDE: gettext_lazy("Hide"),
    Move.SHOW: gettext_lazy("Show it"),
}


@dataclass(frozen=True)
class Standing:
    """A block in its place on a page. `filled` is None while it is still to be fetched from
    `address`; `is_away` while nobody can be asked."""

    block: Block
    template: str
    address: str
    filled: dict[str, Any] | None
    is_away: bool = False


@dataclass(frozen=True)
class Button:
    move: Move
    label: str | Promise
    is_off: bool
    is_at_hand: bool


@dataclass(frozen=True)
class Row:
    """A block on the page that arranges them."""

    block: Block
    buttons: list[Button]


class MoveForm(Form):
    block = forms.ChoiceField(choices=[(code, code) for code in BY_CODE], required=False)
    move = forms.ChoiceField(choices=[(each, each) for each in (*Move, AS_USUAL)])


def page_of_home(request: HttpRequest, device: Device) -> dict[str, Any]:
    """What the template of a home page needs. With `?at_once=1` nothing is left for later."""
    looking = _looking(request, device)
    at_once = "at_once" in request.GET
    blocks = [BY_CODE[code] for code in _arrangement(looking).shown]
    seen = [block for block in blocks if device in block.devices]
    standing = [_standing(block, looking, is_now=at_once or not block.is_later) for block in seen]
    return {
        "blocks": [each for each in standing if each.filled != {}],
        "scripts": list(dict.fromkeys(name for block in seen for name in block.scripts)),
        "roles": list_demo_roles(),
        "question": ask(looking.scope),
        "arrange_path": reverse(ARRANGE[device]),
    }


def answer_block(request: HttpRequest, device: Device, code: str) -> HttpResponse:
    """One block, filled. Raises NotFound for one that does not exist on the device; NotAllowed for
    one that the role does not see."""
    looking, block = _looking(request, device), BY_CODE.get(code)
    if block is None or device not in block.devices:
        raise NotFound(_("There is no such block."))
    if not block.is_open_to(looking.scope):
        raise NotAllowed(_("Your role does not allow this: %(what)s.") % {"what": block.label})
    standing = _standing(block, looking, is_now=True)
    return render(request, "parts/blocks/block.html", {"standing": standing})


def arrange(request: HttpRequest, device: Device, template: str) -> HttpResponse:
    """The page on which blocks are moved, hidden and shown, one step a tap."""
    looking = _looking(request, device)
    now = _arrangement(looking)
    seen = [block for block in BLOCKS if device in block.devices]
    if request.method == "POST":
        return _arranged(looking, now, [block.code for block in seen])
    shown = [BY_CODE[code] for code in now.shown if BY_CODE[code] in seen]
    hidden = [BY_CODE[code] for code in now.hidden if BY_CODE[code] in seen]
    page = {
        "shown": [_row(block, shown, request) for block in shown],
        "hidden": [_row(block, shown, request) for block in hidden],
        "is_as_usual": not looking.user.home_blocks and not looking.user.hidden_blocks,
        "home_path": reverse(HOME[device]),
        "role": looking.user.get_role_display(),
    }
    return render(request, template, page)


def _arranged(looking: Looking, now: Arrangement, seen: list[str]) -> HttpResponse:
    wish = given(MoveForm(looking.request.POST))
    back = reverse(ARRANGE[looking.device])
    if wish["move"] == AS_USUAL:
        arrange_home(looking.user)
        messages.success(looking.request, _("As usual again."))
        return redirect(back)
    then = moved(now, wish["block"], Move(wish["move"]), seen)
    arrange_home(looking.user, then.shown, then.hidden)
    # The tapped button has the focus again on the next page: one can go on tapping. With a fragment
    # in the address, browsers would leave autofocus out.
    return redirect(f"{back}?{urlencode(wish)}")


def _looking(request: HttpRequest, device: Device) -> Looking:
    return Looking(request, signed_in(request), scope_of(request.user), device)


def _arrangement(looking: Looking) -> Arrangement:
    user, scope = looking.user, looking.scope
    open_codes = [block.code for block in BLOCKS if block.is_open_to(scope)]
    return arranged(scope.role, open_codes, user.home_blocks, user.hidden_blocks)


def _standing(block: Block, looking: Looking, *, is_now: bool) -> Standing:
    device = looking.device
    address = reverse(BLOCK[device], args=[block.code])
    if period := looking.request.GET.get("period", ""):
        address += f"?{urlencode({'period': period})}"
    template = block.template(device)
    if not is_now:
        return Standing(block, template, address, None)
    try:
        return Standing(block, template, address, block.fill(looking))
    except (WarehouseAway, WarehouseTooSlow):
        return Standing(block, template, address, None, is_away=True)


def _row(block: Block, shown: list[Block], request: HttpRequest) -> Row:
    if block not in shown:
        moves, off = [Move.SHOW], set[Move]()
    else:
        moves = [Move.UP, Move.DOWN, Move.HIDE]
        ends = {Move.UP: block == shown[0], Move.DOWN: block == shown[-1]}
        off = {move for move, is_end in ends.items() if is_end}
    can = [move for move in moves if move not in off]
    asked = request.GET.get("move", "")
    is_tapped = request.GET.get("block") == block.code
    at_hand = (asked if asked in can else can[0]) if is_tapped else ""
    return Row(block, [Button(m, LABELS[m], m in off, m == at_hand) for m in moves])
