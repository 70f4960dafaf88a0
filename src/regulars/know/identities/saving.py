"""A settled graph goes back to Postgres: new rows by COPY, changes by few statements, and a log."""

from regulars.ground.kit import clock
from regulars.know.identities import store
from regulars.know.identities.graph import Graph
from regulars.know.identities.hashes import sealed
from regulars.know.identities.nodes import Node
from regulars.know.identities.rules import hint_of

NULL = "\\N"


def save(graph: Graph) -> None:
    """Write what changed, and the log of who went where."""
    _save_new(graph)
    changed = [
        node
        for each in graph.settled
        if (node := graph.nodes[each]).was
        and node.was != (node.person, node.follows, node.is_shared)
    ]
    if changed:
        store.execute(
            "save_nodes",
            ids=[node.id for node in changed],
            persons=[node.person for node in changed],
            follows=[node.follows for node in changed],
            shared=[node.is_shared for node in changed],
        )
    altered = [
        (pair, seen) for pair, seen in graph.links.items() if seen.is_changed and not seen.is_new
    ]
    if altered:
        store.execute(
            "save_links",
            followers=[pair[0] for pair, _seen in altered],
            followed=[pair[1] for pair, _seen in altered],
            first_us=[seen.first_us for _pair, seen in altered],
            on_record=[seen.is_on_record for _pair, seen in altered],
            held=[seen.is_held for _pair, seen in altered],
        )
    moves = [(n.id, n.was[0], n.person) for n in changed if n.was and n.was[0] != n.person]
    moves += [(person, person, person) for person in _save_persons(graph)]
    now = clock.now().isoformat()
    store.copy(
        "identities_move",
        store.MOVE_COLUMNS,
        (f"{one}\t{of}\t{to}\t{graph.cause}\t{now}\tf" for one, of, to in moves),
    )


def _save_new(graph: Graph) -> None:
    new = [graph.nodes[each] for each in graph.newcomers]
    firsts = store.moments([graph.newcomers[node.id].first_us for node in new])
    lasts = store.moments([graph.newcomers[node.id].last_us for node in new])
    store.copy(
        "identities_identity",
        store.IDENTITY_COLUMNS,
        (
            _identity_line(graph, node, first, last)
            for node, first, last in zip(new, firsts, lasts, strict=True)
        ),
    )
    links = [(pair, seen) for pair, seen in graph.links.items() if seen.is_new]
    stamps = store.moments([seen.first_us or 0 for _pair, seen in links])
    store.copy(
        "identities_link",
        store.LINK_COLUMNS,
        (
            f"{pair[0]}\t{pair[1]}\t{stamp if seen.first_us is not None else NULL}"
            f"\t{_bool(seen.is_on_record)}"
            f"\t{_bool(graph.is_strong(pair[0]))}\t{_bool(seen.is_held)}\tf"
            for (pair, seen), stamp in zip(links, stamps, strict=True)
        ),
    )


def _identity_line(graph: Graph, node: Node, first: str, last: str) -> str:
    newcomer = graph.newcomers[node.id]
    seal = sealed(node.kind, newcomer.value)
    fields = (
        str(node.id), node.kind, f"\\\\x{node.hash.hex()}",
        _null(seal and f"\\\\x{seal.hex()}"),
        store.escaped(hint_of(node.kind, newcomer.value)), str(node.person),
        _null(node.follows), _null(node.member_id), store.escaped(newcomer.source), first, last,
        _bool(node.is_shared), "f", "f",
    )  # fmt: skip
    return "\t".join(fields)


def _save_persons(graph: Graph) -> list[int]:
    """Which persons are members; those of whom something changed."""
    strong = [graph.nodes[each] for each in graph.settled if graph.is_strong(each)]
    persons = {
        node.id: node.member_id
        for node in strong
        if node.member_id is not None and node.person == node.id
    }
    affected = {node.was[0] for node in strong if node.was} | {
        node.person for node in strong if node.was
    }
    if not persons and not affected:
        return []
    told = {"persons": list(persons), "members": list(persons.values())}
    dropped = store.fetch("drop_persons", affected=list(affected), **told)
    saved = store.fetch("save_persons", **told)
    return sorted({row[0] for row in (*dropped, *saved)})


def _null(value: object) -> str:
    return NULL if value is None else str(value)


def _bool(value: bool) -> str:
    return "t" if value else "f"
