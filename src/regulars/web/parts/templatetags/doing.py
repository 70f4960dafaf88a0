"""Tags for what is to be done: what it is about, and how it went."""

from fractions import Fraction
from typing import Any

from django import template
from django.utils.safestring import SafeString

from regulars.understand.diagnosis.service import Finding, finding_of, sentence_of
from regulars.web.parts import doing
from regulars.web.parts.templatetags.figures import figure

register = template.Library()


@register.filter
def about(subject: Any) -> str:
    """Of a finding, or of an action."""
    factor = getattr(subject, "expected_factor", None)
    return doing.about(subject.part, subject.factor if factor is None else factor)


@register.filter
def sentence(finding: Any) -> str:
    """A finding, or a kept one, as an operator would say it."""
    return sentence_of(finding if isinstance(finding, Finding) else finding_of(finding))


@register.filter
def why(finding: Any, name: str) -> str:
    """Where a kept finding stands among the causes of its place: `name` is the page's."""
    return doing.why_of(finding, name)


@register.simple_tag
def factor_value(value: Fraction | None, action: Any) -> SafeString:
    """A value of the factor that an action is to move, in its unit."""
    return figure(value, doing.unit_of(action.part, action.expected_factor))


@register.filter
def kept_rate(action: Any, name: str) -> Fraction | None:
    return doing.rate_kept(action.effect, name)
