"""Identities seen before become a member's when her record names them."""

from collections.abc import Sequence

from django.db import transaction

from regulars.know.identities import store
from regulars.know.identities.graph import Graph
from regulars.know.identities.hashes import hash_of
from regulars.know.identities.models import Identity, Move
from regulars.know.identities.rules import Kind
from regulars.know.identities.saving import save
from regulars.know.members.models import Member

BY_CODE = (Kind.MEMBER.value, Kind.CARD.value)


def recognise(member_ids: Sequence[int]) -> None:
    """Members are new or their records changed: what their phones, cards and ids did before is
    theirs, and what is no longer on their records is not (unless it was seen with them)."""
    if not member_ids or not Identity.objects.exists():
        return
    with transaction.atomic():
        store.lock()
        cards = _name_members(member_ids)
        named = store.fetch("named_on_record", members=list(member_ids), cards=cards)
        touched = {row[0] for row in named}
        touched |= {row[0] for row in store.fetch("drop_record_links", touched=list(touched))}
        touched |= {row[0] for row in store.fetch("put_record_links", touched=list(touched))}
        if not touched:
            return
        graph = Graph(Move.Cause.RECORD)
        graph.touch(touched)
        graph.settle()
        save(graph)


def _name_members(member_ids: Sequence[int]) -> list[int]:
    """Member identities that were seen before there was such a member say who it is; those whose
    phone or card was seen are made. Returns the cards."""
    codes = dict(Member.objects.filter(pk__in=member_ids).values_list("code", "pk"))
    asked = [(kind, code) for code in codes for kind in BY_CODE]
    if not asked:
        return []
    known = store.look_up([kind for kind, _c in asked], [hash_of(*each) for each in asked])
    found = [
        (number, codes[asked[no][1]], *asked[no])
        for no, number in zip(known["no"].tolist(), known["id"].tolist(), strict=True)
    ]
    store.execute(
        "name_members",
        ids=[each for each, _member, kind, _code in found if kind == Kind.MEMBER],
        members=[member for _each, member, kind, _code in found if kind == Kind.MEMBER],
    )
    with_phones = store.fetch("members_with_seen_phones", members=list(codes.values()))
    carded = [(code, member) for _each, member, kind, code in found if kind == Kind.CARD]
    named = {code for _each, _member, kind, code in found if kind == Kind.MEMBER}
    needed = {code: member for code, member in (*with_phones, *carded) if code not in named}
    store.execute(
        "make_members",
        ids=store.new_ids(len(needed)),
        hashes=[hash_of(Kind.MEMBER, code) for code in needed],
        codes=list(needed),
        members=list(needed.values()),
    )
    return [each for each, _member, kind, _code in found if kind == Kind.CARD]
