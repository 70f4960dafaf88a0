"""A customer's way through an assessment, and what becomes of her answers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from regulars.act.assessments import rules
from regulars.act.assessments.content import Content, Goods, Result
from regulars.act.assessments.keeping import content_of, latest_version
from regulars.act.assessments.links import Link
from regulars.act.assessments.models import Answer, Assessment
from regulars.act.opportunities.service import guarded_products
from regulars.act.tasks.service import open_lead
from regulars.ground.kit import clock, crypto
from regulars.ground.kit.errors import NotFound, UserError
from regulars.ground.org.models import Node, Staff
from regulars.know.catalog.models import Product
from regulars.know.catalog.service import SEPARATOR
from regulars.know.collect.service import receive_events
from regulars.know.members.models import Member
from regulars.know.tags.service import set_as_told

SOURCE, EVENT = "assessments", "assessment.finished"
SHORTEST_PHONE, LONGEST_PHONE = 7, 15
MOST_GOODS = 6


def find_open(link: Link) -> Assessment:
    """Raises NotFound where nobody can begin (any more)."""
    found = Assessment.objects.filter(pk=link.assessment_id, state=Assessment.State.OPEN).first()
    if found is None:
        raise NotFound(_("This assessment is closed. Thank you for your interest."))
    return found


def begin(link: Link) -> Answer:
    """Someone agreed and begins. Raises NotFound as `find_open`."""
    version = latest_version(find_open(link))
    assert version is not None  # what is open was published
    return Answer.objects.create(
        version=version,
        member=_standing(link.member_id),
        staff=Staff.objects.filter(pk=link.staff_id or 0).first(),
        store=Node.objects.filter(pk=link.store_id or 0).first(),
    )


def get_answer(link: Link, answer_id: UUID) -> Answer:
    """One that this link began. Raises NotFound."""
    found = (
        Answer.objects.select_related("version__assessment", "member", "store", "staff")
        .filter(pk=answer_id, version__assessment_id=link.assessment_id)
        .first()
    )
    if found is None:
        raise NotFound(_("This link is not valid any more. Please ask for a new one."))
    return found


def answer_question(answer: Answer, place: int, told: list[str]) -> None:
    """Keep an answer, the first or a changed one; the last one finishes. Raises UserError for what
    is no answer, for a question that is not reached, and after the end."""
    locked = Answer.objects.select_for_update().get(pk=answer.pk)
    content = content_of(answer.version)
    if locked.finished_at is not None:
        raise UserError(_("This was finished already: begin anew to answer otherwise."))
    if not 0 <= place <= locked.reached or place >= len(content.questions):
        raise UserError(_("One question after the other, please."))
    question = content.questions[place]
    answer.given = {**locked.given, question.code: rules.read_answer(question, told)}
    answer.reached = max(locked.reached, place + 1)
    answer.save(update_fields=["given", "reached"])
    if place + 1 == len(content.questions):
        _finish(answer, content)


def leave_phone(answer: Answer, phone: str) -> None:
    """Whoever is not known may be called back: once, sealed, not verified. Raises UserError."""
    digits = crypto.normalise_phone(phone)
    if not SHORTEST_PHONE <= len(digits) <= LONGEST_PHONE:
        raise UserError(_("That is no phone number."), field="phone")
    locked = Answer.objects.select_for_update().get(pk=answer.pk)
    if locked.finished_at is None or locked.member_id or locked.phone_hash:
        raise UserError(_("A phone can be left once, after the last question."), field="phone")
    answer.phone_sealed, answer.phone_hash = crypto.encrypt(digits), crypto.lookup_hash(digits)
    answer.save(update_fields=["phone_sealed", "phone_hash"])
    _give_lead(answer, results_of(answer))


def results_of(answer: Answer) -> list[Result]:
    """As they were found then, in the words of the version that was answered."""
    told = {result.code: result for result in content_of(answer.version).results}
    return [told[code] for code in answer.results if code in told]


def goods_for(goods: Goods) -> QuerySet[Product]:
    """Those named, or of the category (and below); never what the trade guards."""
    free = Product.objects.filter(is_gift=False).exclude(pk__in=guarded_products().values("pk"))
    if goods.products:
        return free.filter(code__in=goods.products).order_by("name")[:MOST_GOODS]
    if not goods.category:
        return free.none()
    below = free.filter(category__code=goods.category) | free.filter(
        category__code__startswith=goods.category + SEPARATOR
    )
    return below.order_by("name", "pk")[:MOST_GOODS]


def _finish(answer: Answer, content: Content) -> None:
    points = rules.score(content, answer.given)
    found = rules.results_of(content, points)
    answer.scores, answer.results = points, [each.code for each in found]
    answer.finished_at = clock.now()
    answer.save(update_fields=["scores", "results", "finished_at"])
    _tell(answer, content)
    if answer.member_id and answer.version.assessment.tag and found:
        set_as_told(answer.member_id, answer.version.assessment.tag, found[0].name)
    if answer.member_id:
        _give_lead(answer, found)


def _tell(answer: Answer, content: Content) -> None:
    """The answers are facts like any other: an event, from which tags are counted."""
    assessment = answer.version.assessment
    properties: dict[str, Any] = {
        "assessment": assessment.code,
        "version": answer.version.number,
        "results": ",".join(answer.results),
        "result": answer.results[0] if answer.results else None,
        **{f"score_{scale}": points for scale, points in answer.scores.items()},
        **rules.answers_as_facts(content, answer.given),
    }
    call = {
        "type": "track",
        "event": EVENT,
        "messageId": str(answer.pk),
        **_whose(answer),
        "timestamp": answer.finished_at.isoformat() if answer.finished_at else None,
        "properties": {name: value for name, value in properties.items() if value is not None},
    }
    receive_events(orjson.dumps({"batch": [call]}), source=SOURCE)


def _whose(answer: Answer) -> Mapping[str, str]:
    if answer.member is not None:
        return {"userId": answer.member.code}
    return {"anonymousId": str(answer.pk)}


def _give_lead(answer: Answer, found: list[Result]) -> None:
    """To the consultant who sent it, or hers: with the result as the reason. Of someone unknown a
    task of the store: to call the phone that was left."""
    member = answer.member
    store = answer.store or (member.home_store if member else None)
    if store is None:
        return
    assessment, names = answer.version.assessment, "、".join(each.name for each in found)
    phone = "" if member else _masked(answer)
    with translation.override(settings.LANGUAGE_CODE):  # staff read it, whoever answered
        title = _("Assessment “%(name)s” finished") % {"name": assessment.name}
    lead = open_lead(
        None,
        member,
        store,
        source="assessment",
        source_id=str(answer.pk),
        title=title,
        reason=" · ".join(part for part in (names, phone) if part),
        facts={"assessment": assessment.code, "results": answer.results},
        goods=[each.code for result in found[:1] for each in goods_for(result.goods)],
        staff=answer.staff,
    )
    if lead is not None:
        answer.lead_id = lead.pk
        answer.save(update_fields=["lead_id"])


def _masked(answer: Answer) -> str:
    return crypto.mask(crypto.decrypt(bytes(answer.phone_sealed))) if answer.phone_sealed else ""


def _standing(member_id: int | None) -> Member | None:
    """Whom the link was sent to, or the one that she goes on as."""
    found = Member.objects.filter(pk=member_id or 0, forgotten_at=None).first()
    if found is not None and found.merged_into_id:
        return Member.objects.filter(pk=found.merged_into_id, forgotten_at=None).first()
    return found
