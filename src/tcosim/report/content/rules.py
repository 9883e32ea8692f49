"""What each option works under, in plain words: contract, share of the work, sizing, waiting, overflow, launch.

Knows declared scenarios; judges nothing and leaves prices to the assumptions.
"""

from __future__ import annotations

from tcosim.report.words.english import listed, plural
from tcosim.report.words.spread import spread
from tcosim.scenario.models import (
    ApiOption,
    FleetOption,
    ManagedOption,
    Option,
    OwnedOption,
    RentedOption,
    Scenario,
)
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import format_quantity

RANGE = (5, 95)
"""Percentiles between which an uncertain quantity is said to lie."""
SAID = f"(P{RANGE[0]} to P{RANGE[1]})"


def option_rules(scenario: Scenario) -> list[tuple[str, str]]:
    """Return the name of each option and its rules, in the order of the scenario.

    An uncertain quantity stands as ``"1 to 8 months (P5 to P95)"``.
    """
    return [(option.name, " ".join(_rules(option))) for option in scenario.options]


def _rules(option: Option) -> list[str]:
    match option:
        case ApiOption():
            return _api(option)
        case ManagedOption():
            return _managed(option)
        case RentedOption():
            return [_rented(option), _work(option), _size(option), _load(option)]
        case OwnedOption():
            return [_owned(option), _work(option), _size(option), _load(option)]
    # a new kind must say what it works under
    raise TypeError(f"an option of kind {option.kind} has no rules")


def _api(option: ApiOption) -> list[str]:
    routes = option.routes
    if len(routes) == 1:
        moves = _between(routes[0].months_between_moves, "month")
        models = f"Pays by the token for one model, and moves to a successor every {moves}."
    else:
        shares = listed([f"{_percent(route.share)} {route.name}" for route in routes])
        models = f"Pays by the token for {len(routes)} models, by tokens {shares}; each moves to its own successors."
    batches = [
        f"{_percents(route.batch_share)} of the tokens" + (f" of {route.name}" if len(routes) > 1 else "")
        for route in routes
        if not _is(route.batch_share, 0)
    ]
    return [models, *([f"At the batch price: {listed(batches)}."] if batches else [])]


def _managed(option: ManagedOption) -> list[str]:
    markup = _percents(option.markup_share)
    return [
        f"Pays a cloud provider by the token, for the models of {option.api} at its prices and a markup of {markup};"
        f" moves to successors when {option.api} does."
    ]


def _rented(option: RentedOption) -> str:
    replica = _replica(option)
    if _is_reserved(option):
        return f"Rents GPUs reserved for terms of {plural(option.term_months, 'month')}, paid idle or not, {replica}."
    kind = "spot GPUs, which may be taken away," if option.contract == "spot" else "GPUs on demand,"
    return f"Rents {kind} {replica}."


def _owned(option: OwnedOption) -> str:
    return f"Buys its GPUs and keeps them to the end, {_replica(option)}."


def _replica(option: FleetOption) -> str:
    return f"{option.gpus_per_replica:,} to a replica"


def _work(option: FleetOption) -> str:
    """What it serves, from when on, and who does the rest."""
    is_whole, api = _is(option.share, 1), option.api
    serves = "all of the work" if is_whole else f"{_percents(option.share)} of the work"
    after = _launch(option)
    if not after:
        return f"Serves {serves} from the first month on{'' if is_whole else f'; {api} does the rest'}."
    start = f"Serves {serves} once launched, after {after}"
    if option.overflow == "api":
        return f"{start}; {api} does {'' if is_whole else 'the rest, and '}all of it until then."
    if is_whole:
        return f"{start}; until then it is lost."
    return f"{start}; until then that share is lost, the rest goes to {api}."


def _launch(option: FleetOption) -> str:
    """How long the launch takes; empty where there is nothing to wait for.

    Months are whole ones (docs/model.md, 3.2), and what is ordered cannot serve before it stands (3.5).
    """
    launch, lead = option.launch_months, option.lead_months
    is_ordered = isinstance(option, OwnedOption) or _is_reserved(option)
    if launch.is_point and lead.is_point:
        months = max(launch.point_value, lead.point_value if is_ordered else 0.0)
        return _plain(months, "month") if months >= 0.5 else ""
    soonest, latest_lead = _ends(launch)[0], _ends(lead)[1]
    later = ", or when its GPUs stand if that is later" if is_ordered and latest_lead > soonest else ""
    return f"{_between(launch, 'month')}{later}"


def _size(option: FleetOption) -> str:
    """How many replicas there are, and what changes that when."""
    least = f", at least {plural(option.min_replicas, 'replica')}" if option.min_replicas else ""
    spare = f", plus {plural(option.spare_replicas, 'spare')}" if option.spare_replicas else ""
    sized = f"Sized at launch for {_between(option.headroom)} times the weekly peak of the plan{least}{spare}"
    if isinstance(option, RentedOption) and option.autoscale:
        sized += "; within that size it follows the load of the hour before"
    return f"{sized}; {_resizing(option)}."


def _resizing(option: FleetOption) -> str:
    months = option.resize_every_months
    if months == 0:
        return "never resized"
    often = "every month" if months == 1 else f"every {months} months"
    if isinstance(option, OwnedOption):
        way = "upward only"
    elif _is_reserved(option):
        often, way = f"{often} and at each new term", "downward at a new term only"
    else:
        way = "up or down"
    resized = f"resized {often} to the traffic of that month, {way}"
    if _is(option.lead_months, 0):
        return resized
    return f"{resized}; more GPUs stand {_between(option.lead_months, 'month')} after their order"


def _is_reserved(option: FleetOption) -> bool:
    return isinstance(option, RentedOption) and option.contract == "reserved"


def _load(option: FleetOption) -> str:
    """What becomes of work that the fleet cannot serve at once."""
    if option.overflow == "api":
        goes = f"goes to {option.api}"
    else:
        price = _between(option.lost_usd_per_million_tokens)
        goes = f"is lost, at {price} USD per million tokens"
    if _is(option.longest_wait_hours, 0):
        return f"Work that it cannot serve within the hour {goes}."
    wait = _between(option.longest_wait_hours, "hour")
    return f"Work that it cannot serve waits, up to {wait} of full capacity; what is beyond that {goes}."


def _is(quantity: Uncertain, value: float) -> bool:
    """Whether a quantity is this plain number."""
    return quantity.is_point and quantity.point_value == value


def _ends(quantity: Uncertain) -> tuple[float, float]:
    """The percentiles between which a quantity is said to lie; twice the same for a plain number."""
    figures = spread(quantity.distribution).percentiles
    return figures[RANGE[0]], figures[RANGE[1]]


def _plain(value: float, noun: str) -> str:
    text = format_quantity(value)
    return f"{text} {noun}{'' if text == '1' else 's'}"


def _between(quantity: Uncertain, noun: str = "") -> str:
    """Write a quantity: a plain number as it is, an uncertain one by its percentiles."""
    if quantity.is_point:
        return _plain(quantity.point_value, noun) if noun else format_quantity(quantity.point_value)
    low, high = map(format_quantity, _ends(quantity))
    return f"{low} to {high}{f' {noun}s' if noun else ''} {SAID}"


def _percents(quantity: Uncertain) -> str:
    """Write a share as `_between` does."""
    if quantity.is_point:
        return _percent(quantity.point_value)
    low, high = (format_quantity(100 * end) for end in _ends(quantity))
    return f"{low} to {high} % {SAID}"


def _percent(share: float) -> str:
    return f"{format_quantity(100 * share)} %"
