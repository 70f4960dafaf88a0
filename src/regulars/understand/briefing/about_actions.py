"""What becomes of an action, as messages: to whoever is to do it and to whoever gave it, each
once, and nobody is told what he did himself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.ground.accounts.models import User
from regulars.ground.messages.service import LETTERS, write
from regulars.understand.actions.models import Action, Comment
from regulars.understand.actions.service import Late, list_newly_late
from regulars.understand.briefing.words import listed, short

Said = tuple[str, str]
"""Title and body."""


def tell_of_given(action_id: int) -> int:
    """Whoever is to do it."""
    action = _find(action_id)
    if action is None:
        return 0

    def say() -> Said:
        facts = {"by": str(action.made_by or ""), "place": action.node.name, "what": action.what}
        facts["day"] = action.due_on.isoformat()
        body = _("%(by)s gave you something to do at %(place)s until %(day)s: %(what)s")
        return _("Given to you: %(what)s") % (facts | {"what": short(action.what)}), body % facts

    news = _News(action, "action.given", str(action_id), action.made_by_id)
    return news.tell([_owner(action)], say)


def tell_of_end(kind: str, action_id: int, by: int | None) -> int:
    """Whoever gave it, and whoever was to do it: it is done, or not to be done any more."""
    action = _find(action_id)
    if action is None or action.closed_at is None:
        return 0

    def say() -> Said:
        facts = {"what": short(action.what), "place": action.node.name, "result": action.result}
        title = _("Done: %(what)s") if kind == "action.reported" else _("Dropped: %(what)s")
        return title % facts, _("%(place)s: %(result)s") % facts

    news = _News(action, kind, f"{action_id} {action.closed_at:%Y-%m-%dT%H:%M:%S}", by)
    return news.tell([_owner(action), action.made_by], say)


def tell_of_comment(comment_id: int) -> int:
    """Whoever gave the action and whoever is to do it."""
    comment = Comment.objects.select_related("made_by").filter(pk=comment_id).first()
    action = _find(comment.action_id) if comment else None
    if comment is None or action is None:
        return 0

    def say() -> Said:
        facts = {"what": short(action.what), "by": str(comment.made_by or ""), "text": comment.text}
        return _("A word on: %(what)s") % facts, _("%(by)s: %(text)s") % facts

    news = _News(action, "action.commented", str(comment_id), comment.made_by_id)
    return news.tell([_owner(action), action.made_by], say)


def tell_of_late(since: date, day: date) -> int:
    """What was due between two days and is still open: one message for all that is one's own, one
    for all that one gave to others."""
    late = list_newly_late(since, day, settings.LANGUAGE_CODE)
    return write(pa.Table.from_pylist([_late(each, day) for each in late], schema=LETTERS))


def _late(late: Late, day: date) -> dict[str, object]:
    with translation.override(late.language):
        title = (
            ngettext("%(n)s thing of yours is late", "%(n)s things of yours are late", late.count)
            if late.is_own
            else ngettext(
                "%(n)s thing that you gave out is late",
                "%(n)s things that you gave out are late",
                late.count,
            )
        )
        said = {"title": title % {"n": late.count}, "body": listed(late.first, late.count)}
    one = late.count == 1
    return said | {
        "user_id": late.user_id,
        "kind": "action.late" if late.is_own else "action.late.given",
        "about": day.isoformat(),
        "address": _desk(late.action_id) if one else reverse("actions"),
        "phone_address": _phone(late.action_id) if one else reverse("phone_actions"),
    }


@dataclass(frozen=True)
class _News:
    """Something that user `by` did to an action."""

    action: Action
    kind: str
    about: str
    by: int | None

    def tell(self, people: list[User | None], say: Callable[[], Said]) -> int:
        """To these people but for the one who did it, each in the own language."""
        others = {user.pk: user for user in people if user and user.pk != self.by}
        letters = []
        for user in others.values():
            with translation.override(user.language or settings.LANGUAGE_CODE):
                title, body = say()
            letters.append({
                "user_id": user.pk,
                "kind": self.kind,
                "about": self.about,
                "title": title,
                "body": body,
                "address": _desk(self.action.pk),
                "phone_address": _phone(self.action.pk),
            })  # fmt: skip
        return write(pa.Table.from_pylist(letters, schema=LETTERS))


def _find(action_id: int) -> Action | None:
    """None where it is gone by the time that someone is to be told."""
    related = ("node", "who", "staff__user", "made_by")
    return Action.objects.select_related(*related).filter(pk=action_id).first()


def _owner(action: Action) -> User | None:
    return action.who or getattr(action.staff, "user", None)


def _desk(action_id: int) -> str:
    return reverse("action", args=[action_id])


def _phone(action_id: int) -> str:
    return reverse("phone_action", args=[action_id])
