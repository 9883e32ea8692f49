"""Where two claims on one question cannot both be right.

Compares figures as their sources state them; recomputes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from tcosim.scenario.claims import EXACTLY, Claim, Topic
from tcosim.scenario.claims_formulas import Range
from tcosim.studies.claims_recomputed import Recomputed

SAME = 1.1
"""Published figures are rounded, and inputs do not say how far: answers within this factor are the same answer."""


@dataclass(frozen=True)
class Answer:
    """What one claim says on a topic; an end is 0 or infinite where the source leaves it open."""

    claim: Claim
    says: Range
    slack: Range

    @property
    def widened(self) -> Range:
        return self.says.widened(self.slack)


def contradictions(
    found: Iterable[tuple[Claim, Recomputed]], topics: Mapping[str, Topic]
) -> list[dict[str, Any]]:
    """Compare all claims of each topic.

    Returns
    -------
    list of dict
        One for each topic that two or more claims speak to, in the order of the file: what each says, and every pair
        that does not overlap, with the gap between them as a factor (higher over lower); widest gap first.
    """
    pairs = list(found)
    rows = []
    for name, topic in topics.items():
        answers = [_answer(claim, recomputed, name) for claim, recomputed in pairs if name in claim.topics]
        if len(answers) < 2:
            continue
        apart = [gap for one, other in combinations(answers, 2) if (gap := _gap(one, other)) is not None]
        apart.sort(key=lambda gap: -(gap["factor"] or math.inf))
        rows.append(
            {
                "topic": name,
                "title": topic.title,
                "unit": topic.unit,
                "answers": [
                    {"claim": one.claim.id, "source": one.claim.source, "says": [one.says.low, one.says.high]}
                    for one in answers
                ],
                "contradictions": apart,
            }
        )
    return rows


def _answer(claim: Claim, recomputed: Recomputed, topic: str) -> Answer:
    name = claim.topics[topic]
    says, slack = recomputed.known[name], EXACTLY
    step = next((one for one in claim.steps if one.name == name), None)
    if step is not None and step.stated is not None:
        says, slack = step.stated, Range(step.rounded_to.low / 2, step.rounded_to.high / 2)
        if step is claim.asserted and claim.relation in ("at_least", "at_most"):
            says = Range(says.low, math.inf) if claim.relation == "at_least" else Range(0.0, says.high)
    if topic in claim.lower_bounds:
        says = Range(says.low, math.inf)
    return Answer(claim, says, slack)


def _gap(one: Answer, other: Answer) -> dict[str, Any] | None:
    lower, higher = sorted((one, other), key=lambda answer: answer.says.low)
    if higher.widened.low <= lower.widened.high:
        return None
    factor = higher.says.low / lower.says.high if lower.says.high > 0 else None
    if factor is not None and factor < SAME:
        return None
    return {"lower": lower.claim.id, "higher": higher.claim.id, "factor": factor}
