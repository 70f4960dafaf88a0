"""The form of a play: how its fields stand for what a play says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.act.opportunities.rules import SLOW, USUAL, skill_key
from regulars.act.opportunities.service import list_skills
from regulars.ground.org.models import Position
from regulars.know.segments.models import Segment
from regulars.web.parts.forms import DateField, Form, ListField

NOTHING, CATEGORY, PRODUCTS = "", "category", "products"
GOODS = (
    (NOTHING, _("none")),
    (USUAL, _("what she usually buys")),
    (SLOW, _("slow stock of what she buys")),
    (CATEGORY, _("a category")),
    (PRODUCTS, _("products, by their codes")),
)
OUTCOMES = (
    ("purchase", _("buys anything")),
    ("category", _("buys of a category")),
    ("event", _("an event comes in")),
)
CENTS = 100
AS_THEY_STAND = (
    "name", "name_en", "who", "reason", "talk", "content_url", "coupon", "role", "open_days",
    "priority", "window_days", "is_service", "is_of_store", "answers", "starts_on", "ends_on",
    "stores",
)  # fmt: skip


class PlayForm(Form):
    """Rates in per cent, money in whole units, what is structured as words."""

    name = forms.CharField(label=_("Name"), max_length=100)
    name_en = forms.CharField(label=_("English name"), max_length=100, required=False)
    code = forms.SlugField(label=_("Code"), max_length=59, required=False)
    segment = forms.ChoiceField(label=_("Who: a segment"), required=False)
    who = forms.CharField(
        label=_("Who: as text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control font-monospace"}),
        help_text=_("In the language of segments, such as: days_since_purchase between 60 and 90"),
    )
    trigger_event = forms.CharField(
        label=_("Fired by the event"), required=False, max_length=100,
        help_text=_("Empty: looked for each morning."),
    )  # fmt: skip
    trigger_where = ListField(
        label=_("with the properties"), required=False, help_text=_("One a line: name = value"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    trigger_segment = forms.ChoiceField(label=_("or by entering the segment"), required=False)
    trigger_tag = forms.CharField(
        label=_("or when the tag"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"list": "tags"}),
    )  # fmt: skip
    trigger_value = forms.CharField(
        label=_("becomes"), required=False, max_length=100,
        help_text=_("A text, a whole number, yes or no."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why, for staff"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Tags in braces become her values: {days_since_purchase}."),
        max_length=500,
    )
    talk = forms.CharField(
        label=_("What to say"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    content_url = forms.CharField(label=_("Content to send"), required=False, max_length=500)
    goods_kind = forms.ChoiceField(label=_("Goods"), choices=GOODS, required=False)
    goods_said = forms.CharField(
        label=_("Category or codes"), required=False, max_length=1000,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )  # fmt: skip
    coupon = forms.CharField(label=_("Coupon"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("By whom"), choices=Position.Kind.choices)
    skill = forms.ChoiceField(
        label=_("Skill that comes first"), required=False,
        help_text=_("Her own consultant goes before it; load decides among equals."),
    )  # fmt: skip
    open_days = forms.IntegerField(label=_("Days to do it"), min_value=1, max_value=60)
    priority = forms.IntegerField(label=_("Priority, 0 to 100"), min_value=0, max_value=100)
    outcome_kind = forms.ChoiceField(label=_("What counts"), choices=OUTCOMES)
    outcome_said = forms.CharField(
        label=_("Category or event that counts"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"list": "categories"}),
    )  # fmt: skip
    window_days = forms.IntegerField(label=_("within days"), min_value=1, max_value=90)
    value = forms.DecimalField(
        label=_("What one is worth"), required=False, max_digits=12, decimal_places=2, min_value=0,
        help_text=_("Empty: learnt from what such members spend."),
    )  # fmt: skip
    holdout = forms.IntegerField(
        label=_("Held out by chance, in per cent"), min_value=0, max_value=50, step_size=5
    )
    is_service = forms.BooleanField(
        label=_("A play of service: nobody is held out, nothing is offered"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    is_of_store = forms.BooleanField(
        label=_("A task of the store, about no member: opened by its event, or by hand"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    answers = ListField(
        label=_("Findings that it answers"), required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, a part with its factor: active_old/buyers"),
    )  # fmt: skip
    starts_on = DateField(label=_("First day"), required=False)
    ends_on = DateField(label=_("Last day"), required=False)
    stores = ListField(
        label=_("Pilot stores"), required=False, help_text=_("Ids, one a line; none: all stores.")
    )

    def __init__(self, *args: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segments = Segment.objects.filter(is_active=True).order_by("name")
        choices = [("", _("none"))] + [(each.code, each.name) for each in segments]
        skills = [(skill_key(skill), name) for skill, name in list_skills()]
        self.fields["segment"].choices = choices  # type: ignore[attr-defined]
        self.fields["trigger_segment"].choices = choices  # type: ignore[attr-defined]
        self.fields["skill"].choices = [("", _("none")), *skills]  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["code"]


def told_by(form: PlayForm) -> dict[str, Any]:
    """What a valid form says of a play, as `save_play` takes it. A chosen segment goes before the
    text."""
    clean = form.cleaned_data
    told = {field: clean[field] for field in AS_THEY_STAND}
    if clean["segment"]:
        told["who"] = f'in segment "{clean["segment"]}"'
    told["trigger"] = _trigger(clean)
    tag, _sign, value = clean["skill"].partition("=")
    told["skill"] = {"tag": tag, "value": value} if tag else {}
    told["goods"] = _goods(clean["goods_kind"], clean["goods_said"].strip())
    told["outcome"] = _outcome(clean["outcome_kind"], clean["outcome_said"].strip())
    told["value_cents"] = None if clean["value"] is None else int(clean["value"] * CENTS)
    told["holdout_rate"] = Decimal(clean["holdout"]) / 100
    return told


def initial_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a form, from what a play says."""
    goods, outcome, trigger = told["goods"], told["outcome"], told["trigger"]
    kind, said = next(iter(goods.items()), ("", ""))
    where = trigger.get("where", {})
    return {field: told[field] for field in AS_THEY_STAND} | {
        "trigger_event": trigger.get("event", ""),
        "trigger_where": [f"{name} = {value}" for name, value in where.items()],
        "trigger_segment": trigger.get("segment", ""),
        "trigger_tag": trigger.get("tag", ""),
        "trigger_value": trigger.get("becomes", ""),
        "skill": skill_key(told["skill"]),
        "goods_kind": said if kind == "kind" else kind,
        "goods_said": ", ".join(said) if isinstance(said, list) else "" if kind == "kind" else said,
        "outcome_kind": outcome["kind"],
        "outcome_said": outcome.get("code") or outcome.get("name") or "",
        "value": None if told["value_cents"] is None else Decimal(told["value_cents"]) / CENTS,
        "holdout": int(told["holdout_rate"] * 100),
    }


def field_of(name: str | None) -> str | None:
    """The form's field where a fault of a play's field is shown."""
    shown = {
        "trigger": "trigger_event", "goods": "goods_said", "outcome": "outcome_said",
        "value_cents": "value", "holdout_rate": "holdout", "text": "who",
    }  # fmt: skip
    return shown.get(name or "", name)


def _trigger(clean: Mapping[str, Any]) -> dict[str, Any]:
    """What is filled in, all of it: two at once are refused as what they are."""
    event, tag = clean["trigger_event"].strip(), clean["trigger_tag"].strip()
    pairs = [line.partition("=") for line in clean["trigger_where"]]
    where = {name.strip(): value.strip() for name, _sign, value in pairs}
    trigger: dict[str, Any] = {"event": event} if event or where else {}
    trigger |= {"where": where} if where else {}
    trigger |= {"segment": clean["trigger_segment"]} if clean["trigger_segment"] else {}
    if tag or clean["trigger_value"].strip():
        trigger |= {"tag": tag, "becomes": clean["trigger_value"].strip()}
    return trigger


def _goods(kind: str, said: str) -> dict[str, Any]:
    match kind:
        case "category":
            return {"category": said}
        case "products":
            codes = said.replace("，", ",").split(",")
            return {"products": [code.strip() for code in codes if code.strip()]}
        case "":
            return {}
    return {"kind": kind}


def _outcome(kind: str, said: str) -> dict[str, str]:
    key = {"category": "code", "event": "name"}.get(kind)
    return {"kind": kind} | ({key: said} if key else {})
