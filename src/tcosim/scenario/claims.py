"""Published claims as data.

Knows what a claim consists of; knows nothing of files, recomputes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tcosim.scenario.claims_formulas import Range

RELATIONS = ("equals", "at_least", "at_most", "within", "spans", "reaches", "most", "covers")
VERDICTS = ("api", "self_host", "even")
EXACTLY = Range(0.0, 0.0)
"""Rounding of a figure that is not rounded, or not stated."""


@dataclass(frozen=True)
class Step:
    """One step: a figure that follows from inputs and earlier steps; `stated` if the source states it.

    `rounded_to` is the place of the last digit stated, of the lower and of the higher end.
    """

    name: str
    formula: str
    of: tuple[str, ...]
    stated: Range | None = None
    rounded_to: Range = EXACTLY


@dataclass(frozen=True)
class Hardware:
    """What a claim asks of GPUs; figures by the names that they have among inputs and steps."""

    gpu: str
    gpus: str
    parameters_billion: str
    tokens_per_second: str
    serving: str = ""
    input_share: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is said to win in a scenario at some volumes."""

    asserts: str
    scenario: str
    volumes: tuple[float, ...]
    settings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """One published claim.

    Attributes
    ----------
    inputs : mapping of str to Range
        As the source gives them.
    assumed : mapping of str to Range
        What the source leaves open and the recomputation needs; `note` says why this value.
    relation : str
        How the recomputed figure stands to the stated one if the claim holds.
    topics : mapping of str to str
        For each topic on which it says something, the input or step that says it.
    lower_bounds : tuple of str
        Topics of which the source says that its figure is the least.
    quantity : str
        Key of the library's quantity that the stated figure can be held against; may be empty.
    """

    id: str
    source: str
    quote: str
    asserts: str
    unit: str
    relation: str
    inputs: Mapping[str, Range]
    assumed: Mapping[str, Range]
    steps: tuple[Step, ...]
    topics: Mapping[str, str]
    quantity: str = ""
    hardware: Hardware | None = None
    verdict: Verdict | None = None
    note: str = ""
    lower_bounds: tuple[str, ...] = ()

    @property
    def asserted(self) -> Step | None:
        """The step whose figure the claim asserts: the last one that the source states. Later steps follow from it."""
        return next((step for step in reversed(self.steps) if step.stated is not None), None)

    @property
    def deciding(self) -> frozenset[str]:
        """Names of all inputs and steps that the asserted figure is computed from."""
        wanted = set(self.asserted.of) if self.asserted else set()
        for step in reversed(self.steps):
            if step.name in wanted:
                wanted.update(step.of)
        return frozenset(wanted)


@dataclass(frozen=True)
class Topic:
    """A question that several claims answer, in one unit."""

    name: str
    title: str
    unit: str


@dataclass(frozen=True)
class Gpu:
    """What the vendor of a GPU states as its peak without sparsity, by the bits of the numbers."""

    name: str
    dense_tera_operations_per_second: Mapping[int, float]
    origin: str

    @property
    def narrowest_bits(self) -> int:
        """Bits of the narrowest numbers that it computes with, where its peak is highest."""
        return min(self.dense_tera_operations_per_second)


@dataclass(frozen=True)
class Claims:
    """Everything that the file of claims holds, in its order."""

    claims: tuple[Claim, ...]
    topics: Mapping[str, Topic]
    gpus: Mapping[str, Gpu]
