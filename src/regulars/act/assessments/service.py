"""What the assessments room can do."""

from regulars.act.assessments.answering import (
    answer_question,
    begin,
    find_open,
    get_answer,
    goods_for,
    leave_phone,
    results_of,
)
from regulars.act.assessments.counting import (
    Standing,
    count_answers,
    list_answers,
    reveal_phone,
)
from regulars.act.assessments.keeping import (
    close,
    content_of,
    copy,
    get_assessment,
    latest_version,
    list_assessments,
    make,
    make_ready,
    open_again,
    publish,
    write,
)
from regulars.act.assessments.library import Ready, ready
from regulars.act.assessments.links import Link, read_token, token_of

__all__ = [
    "Link",
    "Ready",
    "Standing",
    "answer_question",
    "begin",
    "close",
    "content_of",
    "copy",
    "count_answers",
    "find_open",
    "get_answer",
    "get_assessment",
    "goods_for",
    "latest_version",
    "leave_phone",
    "list_answers",
    "list_assessments",
    "make",
    "make_ready",
    "open_again",
    "publish",
    "read_token",
    "ready",
    "results_of",
    "reveal_phone",
    "token_of",
    "write",
]
