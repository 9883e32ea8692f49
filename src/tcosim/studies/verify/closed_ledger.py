"""Money that can be added up by hand: with nothing random every figure is spreadsheet arithmetic.

Knows bare scenarios and the arithmetic beside them; each expected figure is computed here, from what is stated here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scenarios import API, MANAGED, OWNED, RENTED, RESERVED, bare
from tcosim.units import HOURS_PER_MONTH, HOURS_PER_WEEK

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
EXACT = 1e-12
"""Relative: money is float64, and a few hundred roundings come to less."""
HOURS = 3e-7
"""Relative: tokens pass through hours and days of float32."""
RATE = 0.1
"""A year."""
MODEL = "arithmetic; docs/model.md"


def _present(m: float) -> float:
    """Present value of a dollar paid m months from now."""
    return math.exp(-m / 12 * math.log1p(RATE))


def _component(dataset: xr.Dataset, option: str, part: str) -> float:
    return float(dataset["component"].sel(option=option, part=part))


@CHECKS.check(
    "annuity",
    "A fee paid every month is discounted from the middle of each month at the stated yearly rate.",
    f"geometric series; {MODEL}, 5.1",
)
def annuity(setting: Setting) -> Outcome:
    months, fee = 36, 1000.0
    plain = bare(
        (API, RENTED), f"scenario.discount_rate_per_year={RATE}", f"option.api.gateway_usd_per_month={fee}",
        months=months,
    )  # fmt: skip
    got = _component(setting.simulate(plain, 16), "api", "api_fees")
    step = _present(1)
    expected = fee * _present(0.5) * (1 - step**months) / (1 - step)
    return outcomes.relative(expected, got, EXACT, "USD")


MONTHS = 5
WORKED = (
    f"scenario.discount_rate_per_year={RATE}",
    "volume.annual_growth=0.44", "volume.forecast_ratio=0.9", "traffic.input_share=0.8", "traffic.cached_share=0.25",
    "option.api.route.default.batch_share=0.5", "option.api.route.default.batch_price_ratio=0.6",
    "option.api.route.default.annual_decline=0.19", "option.api.route.default.months_between_moves=2.0",
    "option.api.route.default.migration_hours=30.0", "option.api.retry_share=0.02",
    "option.api.development_share=0.03", "option.api.gateway_usd_per_month=100.0",
    "option.api.rate_limit_usd_per_month=50.0", "option.api.data_transfer_usd_per_month=20.0",
    "option.api.audit_usd_per_year=360.0", "option.api.setup_usd=800.0", "option.api.engineer_hours_per_month=5.0",
    "option.api.engineer_usd_per_hour=100.0", "option.api.outage_hours_per_year=24.0",
    "option.api.outage_usd_per_hour=75.0", "option.managed.markup_share=0.2",
    "option.managed.overhead_usd_per_month=500.0", "option.managed.setup_usd=1500.0",
    "option.managed.outage_hours_per_year=12.0", "option.managed.outage_usd_per_hour=75.0",
    "option.managed.engineer_hours_per_month=6.0", "option.managed.engineer_usd_per_hour=100.0",
    "option.rented.launch_months=1.0", "option.rented.token_ratio=1.25", "option.rented.fleet_cached_share=0.5",
    "option.rented.latency_utilization=0.8", "option.rented.min_replicas=1", "option.rented.spare_replicas=1",
    "option.rented.resize_every_months=3",
    "option.rented.gpu_price_drift=0.12", "option.rented.engineer_usd_per_hour=120.0",
    "option.rented.wage_growth_per_year=0.1", "option.rented.engineer_hours_per_month=20.0",
    "option.rented.engineer_hours_per_replica_month=2.0", "option.rented.underestimate_share=0.5",
    "option.rented.launch_hours=200.0", "option.rented.launch_usd=7000.0", "option.rented.refresh_weeks=8.0",
    "option.rented.refresh_hours=25.0", "option.rented.refresh_usd=300.0", "option.rented.finetune_runs_per_year=6.0",
    "option.rented.finetune_hours=10.0", "option.rented.finetune_usd=400.0", "option.rented.setup_usd=9000.0",
    "option.rented.audit_usd_per_year=12000.0", "option.rented.monitoring_usd_per_month=100.0",
    "option.rented.storage_usd_per_month=50.0", "option.rented.networking_usd_per_month=60.0",
    "option.rented.load_balancer_usd_per_month=20.0", "option.rented.backup_usd_per_month=30.0",
    "option.rented.security_usd_per_month=200.0",
)  # fmt: skip


def _worked(setting: Setting) -> xr.Dataset:
    options = (API, MANAGED, RENTED)
    return setting.once(
        "worked", lambda: setting.simulate(bare(options, *WORKED, months=MONTHS, volume=2e9), 16)
    )


def _npv(costs: list[float], at_once: float) -> float:
    return at_once + sum(cost * _present(m + 0.5) for m, cost in enumerate(costs))


def _tokens() -> list[float]:
    return [2e9 * 0.9 * 1.44 ** (m / 12) for m in range(MONTHS)]


def _bill() -> list[float]:
    """USD of API tokens, month by month: the list is met at the moves in months 2 and 4."""
    blend = (0.8 * (0.75 * 3 + 0.25 * 0.3) + 0.2 * 15) * (0.5 + 0.5 * 0.6)
    return [t * blend * 0.81 ** (2 * (m // 2) / 12) * 1.05 / 1e6 for m, t in enumerate(_tokens())]


FEES, OUTAGES, ENGINEERS, MOVE = 100 + 50 + 20 + 360 / 12, 24 * 75 / 12, 5 * 100, 30 * 100


def _moved(m: int) -> int:
    return 1 if m in (2, 4) else 0


@CHECKS.check(
    "api-by-hand",
    "The cost of an API over five months, moves to successor models included, is what a spreadsheet gives.",
    f"{MODEL}, 4.1 and 4.2",
)
def api_by_hand(setting: Setting) -> Outcome:
    costs = [bill + FEES + OUTAGES + ENGINEERS + MOVE * _moved(m) for m, bill in enumerate(_bill())]
    got = float(_worked(setting)["npv"].sel(option="api")[0])
    return outcomes.relative(_npv(costs, 800), got, HOURS, "USD", outcomes.BY_FLOAT32)


@CHECKS.check(
    "managed-by-hand",
    "The cost of a managed cloud, with its markup on tokens only, is what a spreadsheet gives.",
    f"{MODEL}, 4.2",
)
def managed_by_hand(setting: Setting) -> Outcome:
    own = 500 + 12 * 75 / 12 + 6 * 100
    costs = [bill * 1.2 + own + FEES + MOVE * _moved(m) for m, bill in enumerate(_bill())]
    got = float(_worked(setting)["npv"].sel(option="managed")[0])
    return outcomes.relative(_npv(costs, 1500), got, HOURS, "USD", outcomes.BY_FLOAT32)


@CHECKS.check(
    "rented-by-hand",
    "The cost of a rented fleet (sizing, rent, people, launch, refreshes, tuning runs) is what a spreadsheet gives.",
    f"{MODEL}, 3.4, 3.5 and 4.3 to 4.9",
)
def rented_by_hand(setting: Setting) -> Outcome:
    kappa = 3600 / (0.8 * 0.5 / 10000 + 0.2 / 4000) * 0.8
    # sized at launch for the plan, without the forecast ratio, and again three months later for the month's level
    at_launch = 1 + max(1, math.ceil(1.25 * 2e9 * 1.44 ** (1 / 12) / HOURS_PER_MONTH / kappa))
    later = 1 + max(1, math.ceil(1.25 * _tokens()[4] / HOURS_PER_MONTH / kappa))
    replicas = [0, at_launch, at_launch, at_launch, later]
    wage = [120 * 1.1 ** (m / 12) for m in range(MONTHS)]
    weeks = HOURS_PER_MONTH / HOURS_PER_WEEK
    # before launch all the work is with the API, and its outages and fixed costs with it; then nothing overflows
    costs = [_bill()[0] + FEES + OUTAGES + ENGINEERS + 100 * wage[0]]
    for m in range(1, MONTHS):
        cost = replicas[m] * HOURS_PER_MONTH * 2 * 2.5 * math.exp(0.12 * m / 12)
        cost += (20 + 2 * replicas[m]) * 1.5 * wage[m]
        refreshes = math.floor(m * weeks / 8) - math.floor((m - 1) * weeks / 8)
        cost += refreshes * (25 * wage[m] + 300) + 460 + 1000
        cost += 6 / 12 * (10 * wage[m] + 400) + (100 * wage[m] if m == 1 else 0)
        costs.append(cost)
    got = float(_worked(setting)["npv"].sel(option="rented")[0])
    return outcomes.relative(_npv(costs, 7000 + 9000 + 800), got, HOURS, "USD", outcomes.BY_FLOAT32)


@CHECKS.check(
    "tokens-by-hand",
    "Traffic without swings grows from month to month as stated.",
    f"{MODEL}, 2.1",
)
def tokens_by_hand(setting: Setting) -> Outcome:
    got = float(_worked(setting)["tokens"].sel(quantile=0.5, month=MONTHS - 1))
    return outcomes.relative(_tokens()[-1], got, HOURS, "tokens", outcomes.BY_FLOAT32)


@CHECKS.check(
    "owned-by-hand",
    "Purchase, support, colocation, energy and what the hardware fetches at the end come to the sum by hand.",
    f"{MODEL}, 4.5",
)
def owned_by_hand(setting: Setting) -> Outcome:
    months, replicas, gpus, usd, server, kept = 36, 3, 2, 20000.0, 0.3, 0.25
    owned = OWNED.replace('{use = "gpu.h100.usd_per_gpu"}', repr(usd))
    plain = bare(
        (API, owned), f"scenario.discount_rate_per_year={RATE}", f"option.owned.min_replicas={replicas}",
        f"option.owned.server_share={server}", f"option.owned.residual_share_36_months={kept}",
        "option.owned.support_share_per_year=0.06", "option.owned.provisioned_kw_per_gpu=1.5",
        "option.owned.colocation_usd_per_kw_month=200", "option.owned.idle_watts_per_gpu=500",
        "option.owned.load_watts_per_gpu=500", "option.owned.pue=1.4", "option.owned.host_power_ratio=1.25",
        "option.owned.usd_per_kwh=0.1", "option.owned.energy_price_growth_per_year=0.05",
        months=months, volume=1e6,
    )  # fmt: skip
    bought = replicas * gpus * usd * (1 + server)
    monthly = bought * 0.06 / 12 + replicas * gpus * 1.5 * 200
    energy = replicas * gpus * 500 / 1000 * HOURS_PER_MONTH * 1.4 * 1.25 * 0.1
    hosting = sum((monthly + energy * 1.05 ** (m / 12)) * _present(m + 0.5) for m in range(months))
    expected = bought - bought * kept * _present(months) + hosting
    dataset = setting.simulate(plain, 16)
    got = _component(dataset, "owned", "gpus") + _component(dataset, "owned", "hosting")
    return outcomes.relative(expected, got, EXACT, "USD")


@CHECKS.check(
    "reservation-by-hand",
    "A reservation keeps its price for the term and takes the market's price for the next one.",
    f"{MODEL}, 4.4",
)
def reservation_by_hand(setting: Setting) -> Outcome:
    replicas, gpus, usd, discount, drift = 4, 2, 3.0, 0.4, -0.3
    reserved = RESERVED.replace('{use = "gpu.h100.usd_per_gpu_hour_on_demand"}', repr(usd))
    plain = bare(
        (API, reserved), f"option.reserved.min_replicas={replicas}", f"option.reserved.reserved_discount={discount}",
        f"option.reserved.gpu_price_drift={drift}", months=15, volume=1e6,
    )  # fmt: skip
    hour = replicas * gpus * usd * (1 - discount)
    expected = hour * HOURS_PER_MONTH * (6 + 6 * math.exp(drift / 2) + 3 * math.exp(drift))
    got = _component(setting.simulate(plain, 16), "reserved", "gpus")
    return outcomes.relative(expected, got, EXACT, "USD")


@CHECKS.check(
    "incidents",
    "Incidents cost their rate times their price on average, from launch on.",
    f"mean of a Poisson count; {MODEL}, 4.8",
)
def incidents(setting: Setting) -> Outcome:
    months, rate, usd, futures = 12, 0.7, 500.0, 4096
    plain = bare(
        (API, RENTED), f"option.rented.incidents_per_month={rate}", f"option.rented.incident_usd={usd}",
        months=months, volume=1e6,
    )  # fmt: skip
    dataset = setting.simulate(plain, futures)
    rent = _component(dataset, "rented", "gpus")
    got = float(dataset["npv"].sel(option="rented").mean()) - rent
    error = usd * math.sqrt(rate * months / futures)
    expected = rate * usd * months
    return outcomes.estimated(
        expected, got, error, "USD", rival=1.1 * expected, rival_is="a tenth more incidents"
    )
