"""Everything that the page, the board's sheet and their Markdown say of a run: one content for all of them.

Knows results and words; knows no HTML, no PDF and no chart.
"""

from __future__ import annotations

from dataclasses import dataclass

from tcosim.report.content.run import RunReport


@dataclass(frozen=True)
class Reading:
    """The answer at one volume, as text.

    Attributes
    ----------
    tokens_per_month : float
    volume : str
        ``"3 billion"``.
    option : str
        The self-hosted option with the lowest expected cost at this volume.
    chance, between : str
        Its probability of costing less than the baseline and the 95 % interval: ``"35.2 %"``, ``"35.1 to 35.3 %"``.
    words : str
        The same in calibrated words: ``"unlikely, about 1 in 3"``.
    saving : str
        Its expected saving: ``"costs $21.8 k more on average"``.
    cheapest : str
        The option with the lowest expected cost of all.
    is_simulated : bool
        False where it is read off between two simulated volumes.
    """

    tokens_per_month: float
    volume: str
    option: str
    chance: str
    between: str
    words: str
    saving: str
    cheapest: str
    is_simulated: bool


@dataclass(frozen=True)
class CurveContent:
    """From which volume on.

    Attributes
    ----------
    sentences : list of str
        The decision by volume.
    readings : list of Reading
        By increasing volume, for the slider.
    planned : int
        Which of them is the scenario's own volume.
    note : str
        What the curve rests on.
    """

    sentences: list[str]
    readings: list[Reading]
    planned: int
    note: str


@dataclass(frozen=True)
class Source:
    """Where a figure is from; ``url`` may be empty."""

    title: str
    url: str


@dataclass(frozen=True)
class Assumption:
    """One quantity that the run stood on, as text.

    Attributes
    ----------
    name : str
    meaning, unit, caveat : str
        Empty where none is known.
    p5, p50, p95 : str
        Percentiles; all the same for a plain number.
    grade : str
        ``"measured"``, ``"published"``, ``"judgement"``, or ``"stated"`` for what the scenario says itself.
    checked : str
        Date on which the sources were looked at, ISO; empty for what the scenario states.
    sources : list of Source
    is_plain : bool
        The same number in every future.
    is_stated : bool
        The scenario says it itself; the library has no part in it.
    worth : str
        What it is worth to know it, in USD; empty where that is not known.
    """

    name: str
    meaning: str
    unit: str
    p5: str
    p50: str
    p95: str
    grade: str
    checked: str
    caveat: str
    sources: list[Source]
    is_plain: bool
    is_stated: bool
    worth: str


@dataclass(frozen=True)
class Components:
    """Mean present value of each part of the cost: one row of texts for each part that any option has."""

    options: list[str]
    rows: list[tuple[str, ...]]


@dataclass(frozen=True)
class Page:
    """One report, as text.

    Attributes
    ----------
    run : RunReport
        Sentences and tables, the same as on the terminal.
    verdict : str
        ``"unlikely, about 1 in 3"``; empty without a self-hosted option.
    recommendation : str
        What to do, in one or two sentences.
    drivers : list of str
        The inputs that move the saving most, one sentence each, the strongest first; three at most.
    curve : CurveContent or None
        None where the run folder holds no curve.
    labels : dict of str to str
        What options are, by name, where the scenario says it.
    components : Components
    rules : list of (str, str)
        What each option works under: its name and its rules.
    assumptions : list of Assumption
        The uncertain ones first, by what they are worth to know.
    judged : str
        How much of it is judgement.
    correlations : list of str
        Which inputs are correlated, and how strongly.
    leaves_out : list of str
        What the model does not hold.
    reproduction : list of (str, str)
        What determines the result to the byte.
    commands : list of str
        How to run it again.
    run_hash : str
        Names this result: of scenario, library, seed, futures and version.
    """

    run: RunReport
    verdict: str
    recommendation: str
    drivers: list[str]
    curve: CurveContent | None
    labels: dict[str, str]
    components: Components
    rules: list[tuple[str, str]]
    assumptions: list[Assumption]
    judged: str
    correlations: list[str]
    leaves_out: list[str]
    reproduction: list[tuple[str, str]]
    commands: list[str]
    run_hash: str
