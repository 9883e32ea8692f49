"""Worked examples of published articles, simulated: the figures that they state come out of the simulation.

Inputs and figures come from distributions/claims.toml, scenarios from distributions/scenarios; none stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tcosim.scenario.claims import Claim
from tcosim.scenario.claims_file import load_claims
from tcosim.scenario.library import default_library
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scenarios import stripped
from tcosim.units import HOURS_PER_MONTH

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
HOURS_PER_FTE_YEAR = 12 * 160
FAST = 1e6
"""Tokens a second at which one machine is enough, whatever the traffic."""


@dataclass(frozen=True)
class Example:
    """How a claim is simulated.

    Attributes
    ----------
    claim : str
        Its id in claims.toml.
    end : str
        Which end of its figures, ``"low"`` or ``"high"``.
    proves : str
    scenario, option, part : str
        Shipped scenario, and the option and component whose USD a month it states.
    stated : callable
        Overrides that hold the claim's inputs at that end, from a function that looks an input up.
    months : int
    volume : float, optional
    """

    claim: str
    end: str
    proves: str
    scenario: str
    option: str
    part: str
    stated: Callable[[Callable[[str], float]], Sequence[str]]
    months: int = 1
    volume: float | None = None


def _fast(option: str) -> list[str]:
    return [f"option.{option}.{kind}_tokens_per_second={FAST}" for kind in ("prefill", "decode")]


def _machine(of: Callable[[str], float]) -> Sequence[str]:
    """A machine that is rented by the hour."""
    return (*_fast("rented-a10g"), "option.rented-a10g.gpus_per_replica=1",
            f"option.rented-a10g.usd_per_gpu_hour={of('usd_per_hour')!r}")  # fmt: skip


def _bought(of: Callable[[str], float]) -> Sequence[str]:
    """GPUs that are bought and are worth nothing at the end."""
    return (*_fast("owned-h100"), f"option.owned-h100.usd_per_gpu={of('usd_per_gpu')!r}",
            f"option.owned-h100.gpus_per_replica={int(of('gpus'))}")  # fmt: skip


def _engineer(of: Callable[[str], float]) -> Sequence[str]:
    """A share of an engineer's year."""
    return (*_fast("rented-a100"), f"option.rented-a100.engineer_fte={of('engineer_fte')!r}",
            f"option.rented-a100.engineer_usd_per_hour={of('usd_per_year') / HOURS_PER_FTE_YEAR!r}")  # fmt: skip


def _two(of: Callable[[str], float]) -> Sequence[str]:
    """As many GPUs as the scenario has for redundancy, at a price a month each."""
    return (*_fast("rented-a100"), f"option.rented-a100.min_replicas={int(of('gpus'))}",
            f"option.rented-a100.usd_per_gpu_hour={of('usd_per_gpu_month') / HOURS_PER_MONTH!r}")  # fmt: skip


RENT = "The monthly rent of a machine follows from its hourly price."
WEAR = "What hardware loses over three years is spread over its months."
PEOPLE = "A share of an engineer costs that share of his year."
SPARE = "Two machines for redundancy cost twice the rent of one."
EXAMPLES = (
    *(
        Example(f"framework-{machine}-month", "low", RENT, "a10g-50m-a-day", "rented-a10g", "gpus", _machine)
        for machine in ("a10g", "a10g-x4", "a100", "a100-x8")
    ),
    Example("marka-h200-depreciation", "low", WEAR, "owned-h100", "owned-h100", "gpus", _bought, 36),
    Example("llmops-h100-depreciation", "low", WEAR, "owned-h100", "owned-h100", "gpus", _bought, 36),
    Example("llmops-h100-depreciation", "high", WEAR, "owned-h100", "owned-h100", "gpus", _bought, 36),
    Example("garnet-engineer", "low", PEOPLE, "api-bill-15k", "rented-a100", "engineers", _engineer),
    Example("garnet-engineer", "high", PEOPLE, "api-bill-15k", "rented-a100", "engineers", _engineer),
    Example("garnet-two-a100", "low", SPARE, "api-bill-15k", "rented-a100", "gpus", _two),
    Example("garnet-two-a100", "high", SPARE, "api-bill-15k", "rented-a100", "gpus", _two),
)


def _input(claim: Claim, name: str, end: str) -> float:
    """An input at one end; 1 for a count that the claim does not state."""
    found = {**claim.assumed, **claim.inputs}.get(name)
    return 1.0 if found is None else float(getattr(found, end))


def _simulated(example: Example) -> Callable[[Setting], Outcome]:
    def ask(setting: Setting) -> Outcome:
        claim = next(one for one in load_claims().claims if one.id == example.claim)
        step = claim.asserted
        if step is None or step.stated is None:
            raise ValueError(f"{claim.id} asserts no figure")
        text = default_library().scenario_path(example.scenario).read_text(encoding="utf-8")
        overrides = example.stated(lambda name: _input(claim, name, example.end))
        plain = stripped(text, (f"scenario.months={example.months}", *overrides))
        dataset = setting.simulate(plain, 16)
        whole = float(dataset["component"].sel(option=example.option, part=example.part))
        half = getattr(step.rounded_to, example.end) / 2
        return outcomes.within(
            getattr(step.stated, example.end), whole / example.months, half, outcomes.BY_DIGITS, "USD/month"
        )

    return ask


for _example in EXAMPLES:
    _both = sum(one.claim == _example.claim for one in EXAMPLES) > 1
    CHECKS.check(
        f"{_example.claim}-{_example.end}" if _both else _example.claim,
        _example.proves,
        f"published article, {_example.claim} in distributions/claims.toml",
    )(_simulated(_example))
