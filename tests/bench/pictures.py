"""Synthetic pictures of any size from a seed: camps with hubs, dates over six years, disputes; no real names."""

from __future__ import annotations

import random
from datetime import date, timedelta

from kg.records import (
    ClaimRecord,
    EdgeRecord,
    EntityRecord,
    EventRecord,
    Evidence,
    Picture,
    Voice,
)

TYPES = ("state", "government", "ministry", "organization", "company", "person", "armed-group", "person", "person")
RELATIONS = (
    ("met", 1, True), ("spoke with", 1, True), ("praised", 1, False), ("aided", 2, False), ("signed with", 2, True),
    ("accused", 3, False), ("threatened", 3, False), ("rejected", 3, False), ("sanctioned", 4, False),
    ("attacked", 4, False),
)  # fmt: skip
START = date(2019, 1, 1)


def synthetic(nodes: int, happenings: int, seed: int = 7) -> Picture:
    """A picture of so many actors and events; each event draws one relation but for a twelfth that is not done."""
    chance = random.Random(seed)
    names = [f"actor-{number:05}" for number in range(1, nodes + 1)]
    camps = max(1, round(nodes / 90))
    camp = [chance.randrange(camps) for _ in names]
    members: list[list[int]] = [[] for _ in range(camps)]
    for number, home in enumerate(camp):
        members[home].append(number)
    entities = {
        name: EntityRecord(name, f"Actor {name[6:]}", kind, kind.replace("-", " "), (("en", f"Actor {name[6:]}"),))
        for name, kind in ((name, chance.choice(TYPES)) for name in names)
    }
    papers = [f"paper-{number:03}" for number in range(1, max(3, happenings // 60) + 1)]
    events: dict[str, EventRecord] = {}
    claims: dict[str, ClaimRecord] = {}
    groups: dict[tuple[int, int, int], list[str]] = {}

    def someone(home: int) -> int:
        """Few act often: the squared chance prefers the first of a camp."""
        crowd = members[home] or members[camp[0]]
        return crowd[int(chance.random() * chance.random() * len(crowd))]

    for number in range(1, happenings + 1):
        if number <= nodes:
            a = number - 1
        else:
            a = someone(chance.randrange(camps))
        b = someone(camp[a]) if chance.random() < 0.88 else someone(chance.randrange(camps))
        if a == b:
            b = (a + 1) % nodes
        kind = chance.randrange(len(RELATIONS))
        label, quad, _ = RELATIONS[kind]
        day = START + timedelta(days=int(chance.random() * 2190))
        text, key = day.isoformat(), f"event-{number:06}"
        done = chance.random() > 0.08
        proof = Evidence(
            chance.choice(papers), number % 40 + 1, number * 7 % 9000, number * 7 % 9000 + 80, f"{number:064x}", "wire"
        )
        events[key] = EventRecord(
            key, f"Event {number} {label}", label.title().replace(" ", ""), label, "Actual" if done else "Alleged",
            (names[a],), (names[b],), edtf=text, earliest=text, latest=text, precision="day", basis="explicit",
            quad_class=quad, evidence=(proof,), asserts=(f"claim-{number:06}",) if number % 41 == 0 else (),
        )  # fmt: skip
        if number % 41 == 0:
            voice = Voice(key, events[key].label, (names[a],), (entities[names[a]].label,), text)
            claims[f"claim-{number:06}"] = ClaimRecord(
                f"claim-{number:06}", f"Claim {number}", "Contested", (names[b],), (voice,), (), (), (), (proof,)
            )
        if done:
            groups.setdefault((a, kind, b), []).append(key)
    edges = []
    for (a, kind, b), because in groups.items():
        label, quad, symmetric = RELATIONS[kind]
        status = "Contested" if any(events[key].asserts for key in because) else "Asserted"
        ends = [(a, b), (b, a)] if symmetric else [(a, b)]
        if symmetric and (b, kind, a) in groups:
            ends = [(a, b)]
        edges += [
            EdgeRecord(
                f"edge-{one}-{kind}-{other}", names[one], f"rel:{label}", label, names[other], status, len(because),
                "", "", quad, symmetric, tuple(because),
            )
            for one, other in ends
        ]  # fmt: skip
    return Picture(
        f"Synthetic, {nodes} actors",
        entities,
        tuple(edges),
        events,
        claims,
        {},
        {paper: paper for paper in papers},
        horizon=(START + timedelta(days=2190)).isoformat(),
    )
