"""A scenario's quantities as rows of arrays: the one place where names and units are stripped.

Knows the kernels' layout and the scenario's fields; draws nothing and simulates nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tcosim.errors import InputError, Problem
from tcosim.kernels import layout
from tcosim.kernels.noise import MOST_ROUTES
from tcosim.sampling.families import median
from tcosim.scenario.models import ApiOption, FleetOption, ManagedOption, OwnedOption, RentedOption, Scenario
from tcosim.scenario.uncertain import Uncertain
from tcosim.units import HOURS_PER_MONTH

Floats = NDArray[np.float64]
HOURS_PER_YEAR = 12 * HOURS_PER_MONTH
API_FEES = ("gateway", "rate_limit", "data_transfer")
PLATFORM = ("monitoring", "storage", "networking", "load_balancer", "backup", "security")


class Draw:
    """The values of a block's futures by quantity.

    Parameters
    ----------
    columns : mapping of str to int
        Row of each uncertain input in `values`.
    values : ndarray, shape (d, n)
        Drawn inputs.
    """

    def __init__(self, columns: Mapping[str, int], values: Floats):
        self._columns = columns
        self._values = values

    def __call__(self, quantity: Uncertain | None) -> Floats | float:
        """Value in every future, or the one value of a point mass; 0 for a field that does not apply."""
        if quantity is None:
            return 0.0
        if quantity.is_point:
            return quantity.point_value
        drawn: Floats = self._values[self._columns[quantity.name]]
        return drawn


Row = Callable[[Draw], Floats | float]


class Parameters(NamedTuple):
    """Parameters of a block, float64, rows as in `tcosim.kernels.layout`, futures last."""

    world: Floats
    routes: Floats
    apis: Floats
    manageds: Floats
    fleets: Floats


@dataclass(frozen=True)
class Packing:
    """How a scenario fills the kernels' arrays.

    Attributes
    ----------
    order : ndarray of int, shape (o,)
        For each option of the scenario, its place in the kernels' order (api, managed, fleet).
    fleet_of : dict of int to int
        For each option of the scenario that is a fleet, its place among the fleets.
    route_api, managed_api : ndarray of int64
        The api option of each route; whose prices each managed option follows.
    policies : ndarray of int64, shape (k, len(POLICY))
    swings : ndarray of float32, shape (168,)
        Weekly shape less 1.
    """

    columns: Mapping[str, int]
    world: Sequence[Row]
    routes: Sequence[Sequence[Row]]
    apis: Sequence[Sequence[Row]]
    manageds: Sequence[Sequence[Row]]
    fleets: Sequence[Sequence[Row]]
    order: NDArray[np.int64]
    fleet_of: Mapping[int, int]
    route_api: NDArray[np.int64]
    managed_api: NDArray[np.int64]
    policies: NDArray[np.int64]
    swings: NDArray[np.float32]

    def room(self, n: int) -> Parameters:
        """Arrays for the parameters of n futures, to be filled."""
        return Parameters(
            block_array(len(layout.WORLD), n),
            block_array(len(layout.ROUTE), len(self.routes), n),
            block_array(len(layout.API), len(self.apis), n),
            block_array(len(layout.MANAGED), len(self.manageds), n),
            block_array(len(layout.FLEET), len(self.fleets), n),
        )

    def fill(self, values: Floats, parameters: Parameters) -> None:
        """Write the parameters of the futures whose inputs are the columns of `values` (d, n)."""
        draw = Draw(self.columns, values)
        for row, of_world in enumerate(self.world):
            parameters.world[row] = of_world(draw)
        tables = zip(parameters[1:], (self.routes, self.apis, self.manageds, self.fleets), strict=True)
        for array, things in tables:
            for k, thing in enumerate(things):
                for row, of_thing in enumerate(thing):
                    array[row, k] = of_thing(draw)


def block_array(*shape: int) -> Floats:
    """Zeros whose rows are one cache line apart from a power of two.

    Rows of 1,024 or 4,096 futures would all fall into the same few sets of the cache; the ledger reads hundreds of
    rows at once and took 1.5 x longer.
    """
    *rows, n = shape
    return np.zeros((*rows, n + 8))[..., :n]


def pack(scenario: Scenario) -> Packing:
    """Work out where each quantity of a scenario goes.

    Parameters
    ----------
    scenario : Scenario
        Checked; its references between options hold.

    Raises
    ------
    InputError
        If there are more routes than each month's stream has room for.
    """
    apis = [o for o in scenario.options if isinstance(o, ApiOption)]
    manageds = [o for o in scenario.options if isinstance(o, ManagedOption)]
    fleets = [o for o in scenario.options if isinstance(o, FleetOption)]
    api_at = {option.name: k for k, option in enumerate(apis)}
    kernel_order = [option.name for option in (*apis, *manageds, *fleets)]
    names = [u.name for u in scenario.uncertain_inputs()]
    fleet_at = {option.name: k for k, option in enumerate(fleets)}
    routes = [(route, api_at[option.name]) for option in apis for route in option.routes]
    if len(routes) > MOST_ROUTES:
        raise InputError(
            Problem(
                "option.route",
                f"may be at most {MOST_ROUTES} over all options",
                len(routes),
                "merge some of them",
            )
        )
    return Packing(
        columns={name: k for k, name in enumerate(names)},
        world=_rows(layout.WORLD, scenario.traffic, _world(scenario)),
        routes=[_rows(layout.ROUTE, route, {"share": _constant(route.share)}) for route, _ in routes],
        apis=[_rows(layout.API, option, _api(option)) for option in apis],
        manageds=[_rows(layout.MANAGED, option, _outages(option)) for option in manageds],
        fleets=[_rows(layout.FLEET, option, _fleet(option)) for option in fleets],
        order=np.array([kernel_order.index(option.name) for option in scenario.options]),
        fleet_of={i: fleet_at[o.name] for i, o in enumerate(scenario.options) if o.name in fleet_at},
        route_api=np.array([api for _, api in routes], dtype=np.int64),
        managed_api=np.array([api_at[option.api] for option in manageds], dtype=np.int64),
        policies=np.array([_policy(option, api_at) for option in fleets], dtype=np.int64).reshape(
            len(fleets), len(layout.POLICY)
        ),
        swings=(np.asarray(scenario.traffic.weekly_profile) - 1.0).astype(np.float32),
    )


def _constant(value: float) -> Row:
    return lambda _: value


def _rows(names: Sequence[str], table: Any, special: Mapping[str, Row]) -> list[Row]:
    """A row for each name: the field of that name, unless `special` says how."""

    def field(name: str) -> Row:
        quantity = getattr(table, name, None)  # fields that another kind of option has are 0
        return lambda draw: draw(quantity)

    return [special[name] if name in special else field(name) for name in names]


def _world(scenario: Scenario) -> dict[str, Row]:
    volume, traffic = scenario.volume, scenario.traffic
    median_growth = median(volume.annual_growth.distribution)
    return {
        "planned_tokens": _constant(volume.tokens_per_month),
        "forecast_ratio": lambda draw: draw(volume.forecast_ratio),
        "log_growth": lambda draw: np.log1p(draw(volume.annual_growth)),
        "log_growth_median": _constant(float(np.log1p(median_growth))),
        "growth_volatility": lambda draw: draw(volume.growth_volatility),
        "silent_score": lambda draw: ndtri(draw(traffic.silent_share)),
        "spikes_per_hour": lambda draw: draw(traffic.spikes_per_month) / HOURS_PER_MONTH,
        "discount_rate_per_year": lambda draw: draw(scenario.discount_rate_per_year),
    }


def _outages(option: ApiOption | ManagedOption) -> dict[str, Row]:
    hours, usd = option.outage_hours_per_year, option.outage_usd_per_hour
    return {"outage_usd_per_month": lambda draw: draw(hours) * draw(usd) / 12.0}


def _api(option: ApiOption) -> dict[str, Row]:
    monthly = [getattr(option, f"{part}_usd_per_month") for part in API_FEES]
    audit = option.audit_usd_per_year
    return {
        "fees_usd_per_month": lambda draw: sum((draw(part) for part in monthly), start=draw(audit) / 12.0),
        **_outages(option),
    }


def _fleet(option: FleetOption) -> dict[str, Row]:
    hours, factor = option.monthly_engineer_hours
    runs = option.finetune_runs_per_year
    spot = option.spot_interruptions_per_gpu_year if isinstance(option, RentedOption) else None
    platform = [getattr(option, f"{part}_usd_per_month") for part in PLATFORM]
    # what is bought or reserved cannot stand before it arrives
    locked = isinstance(option, OwnedOption) or (
        isinstance(option, RentedOption) and option.contract == "reserved"
    )
    return {
        "launch_months": (lambda draw: np.maximum(draw(option.launch_months), draw(option.lead_months)))
        if locked
        else (lambda draw: draw(option.launch_months)),
        "failures_per_replica_hour": lambda draw: (
            (draw(option.gpu_failures_per_gpu_year) + draw(spot)) * (option.gpus_per_replica / HOURS_PER_YEAR)
        ),
        "repairs_per_hour": lambda draw: 1.0 / draw(option.repair_hours),
        "engineer_hours_per_month": lambda draw: draw(hours) * factor,
        "finetune_hours_per_month": lambda draw: draw(runs) * draw(option.finetune_hours) / 12.0,
        "finetune_usd_per_month": lambda draw: draw(runs) * draw(option.finetune_usd) / 12.0,
        "platform_usd_per_month": lambda draw: sum((draw(part) for part in platform), start=0.0),
    }


def _policy(option: FleetOption, api_at: Mapping[str, int]) -> list[int]:
    rented = option if isinstance(option, RentedOption) else None
    reserved = rented is not None and rented.contract == "reserved"
    wait = option.longest_wait_hours
    values = {
        "api": api_at[option.api],
        "gpus_per_replica": option.gpus_per_replica,
        "min_replicas": option.min_replicas,
        "spare_replicas": option.spare_replicas,
        "resize_every_months": option.resize_every_months,
        "term_months": rented.term_months if rented is not None and reserved else 0,
        "ownership": layout.OWNED
        if isinstance(option, OwnedOption)
        else (layout.RESERVED if reserved else layout.ON_DEMAND),
        "autoscale": int(rented is not None and rented.autoscale),
        "overflow_is_lost": int(option.overflow == "lost"),
        "waits": int(not (wait.is_point and wait.point_value == 0.0)),
    }
    return [values[name] for name in layout.POLICY]
