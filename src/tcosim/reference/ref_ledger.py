"""Twin of the ledger: docs/model.md, 4. Every payment is one line (month, component, USD, when in the month)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace

from tcosim.reference.ref_noise import poisson
from tcosim.reference.ref_planning import Figures, Policy, round_half_up


def api_prices(
    world: Figures, routes: Sequence[Figures], api: Figures, log_jumps: Sequence[Sequence[float]],
    log_lists: Sequence[Sequence[float]], n_months: int,
) -> tuple[list[float], list[float]]:  # fmt: skip
    """USD per million tokens, retries and development included, and migration hours, month by month (4.1, 4.2)."""
    iota, cached = world["input_share"], world["cached_share"]
    prices, hours = [0.0] * n_months, [0.0] * n_months
    for route, jumps, wandered in zip(routes, log_jumps, log_lists, strict=True):
        blend = (
            iota
            * ((1 - cached) * route["usd_per_million_input"] + cached * route["usd_per_million_cached_input"])
            + (1 - iota) * route["usd_per_million_output"]
        )
        blend *= 1 - route["batch_share"] + route["batch_share"] * route["batch_price_ratio"]
        interval = route["months_between_moves"]
        seen = 0  # month of the last move: the list as the buyer last met it
        for m in range(n_months):
            moves = math.floor(m / interval)
            earlier = math.floor((m - 1) / interval) if m > 0 else 0
            seen = m if moves > earlier else seen
            fall = (1 - route["annual_decline"]) ** (interval * moves / 12)
            price = blend * fall * math.exp(wandered[seen]) * math.exp(jumps[m])
            prices[m] += route["share"] * price
            hours[m] += (moves - earlier) * route["migration_hours"]
    extra = 1 + api["retry_share"] + api["development_share"]
    return [p * extra for p in prices], hours


class Book:
    """Payments of one option."""

    def __init__(self, world: Figures, n_months: int) -> None:
        self.rate = world["discount_rate_per_year"]
        self.months = [0.0] * n_months
        self.present = [0.0] * n_months
        self.components: dict[str, float] = {}

    def pay(self, m: int, component: str, usd: float, when: float = 0.5) -> None:
        """Pay in month m; `when` is 0 at its start, 1/2 in its middle, 1 at its end."""
        self.months[m] += usd
        present = usd * (1 + self.rate) ** (-(m + when) / 12)
        self.present[m] += present
        self.components[component] = self.components.get(component, 0.0) + present

    @property
    def cumulated(self) -> list[float]:
        """Present value of all payments up to the end of each month."""
        return [sum(self.present[: m + 1]) for m in range(len(self.present))]

    @property
    def npv(self) -> float:
        return sum(self.components.values())


def hour_usd(option: Figures, m: int) -> float:
    """Wage in month m, USD an hour."""
    growth: float = (1 + option["wage_growth_per_year"]) ** (m / 12)
    return option["engineer_usd_per_hour"] * growth


def pay_api_fixed(book: Book, m: int, api: Figures, migration_hours: Sequence[float]) -> None:
    if m == 0:
        book.pay(0, "api_fees", api["setup_usd"], when=0)
    book.pay(m, "api_fees", api["fees_usd_per_month"])
    book.pay(m, "api_engineers", api["engineer_hours_per_month"] * hour_usd(api, m))
    book.pay(m, "migrations", migration_hours[m] * hour_usd(api, m))


def api_book(
    world: Figures,
    api: Figures,
    prices: Sequence[float],
    migration_hours: Sequence[float],
    tokens: Sequence[float],
) -> Book:
    book = Book(world, len(tokens))
    for m, t in enumerate(tokens):
        book.pay(m, "api_tokens", t * prices[m] / 1e6)
        book.pay(m, "incidents", api["outage_usd_per_month"])
        pay_api_fixed(book, m, api, migration_hours)
    return book


def managed_book(
    world: Figures, managed: Figures, api: Figures, prices: Sequence[float], migration_hours: Sequence[float],
    tokens: Sequence[float],
) -> Book:  # fmt: skip
    book = Book(world, len(tokens))
    book.pay(0, "managed_markup", managed["setup_usd"], when=0)
    for m, t in enumerate(tokens):
        bill = t * prices[m] / 1e6
        book.pay(m, "api_tokens", bill)
        book.pay(m, "managed_markup", bill * managed["markup_share"] + managed["overhead_usd_per_month"])
        book.pay(m, "incidents", managed["outage_usd_per_month"])
        book.pay(m, "api_fees", api["fees_usd_per_month"])
        book.pay(m, "api_engineers", managed["engineer_hours_per_month"] * hour_usd(managed, m))
        book.pay(m, "migrations", migration_hours[m] * hour_usd(managed, m))
    return book


def fleet_book(
    world: Figures, fleet: Figures, policy: Policy, api: Figures, prices: Sequence[float],
    migration_hours: Sequence[float], tokens: Sequence[float], plan: SimpleNamespace, sums: Sequence[SimpleNamespace],
    noise: SimpleNamespace,
) -> tuple[Book, SimpleNamespace]:  # fmt: skip
    n_months = len(tokens)
    book = Book(world, n_months)
    gpus = policy["gpus_per_replica"]
    launch = round_half_up(fleet["launch_months"])
    reservation = 0.0
    hardware = 0.0
    use = SimpleNamespace(busy=0.0, paid=0.0, over=0.0, launched=max(n_months - launch, 0), capacity_usd=0.0)

    def rent_price(m: int) -> float:
        return fleet["usd_per_gpu_hour"] * math.exp(
            fleet["gpu_price_drift"] * m / 12 + fleet["gpu_price_volatility"] * noise.gpu_walk[m]
        )

    def purchase(m: int, replicas: float) -> float:
        price = fleet["usd_per_gpu"] * math.exp(
            fleet["hardware_price_drift"] * m / 12 + fleet["hardware_price_volatility"] * noise.gpu_walk[m]
        )
        return float(replicas * gpus * price * (1 + fleet["server_share"]))

    book.pay(0, "platform", fleet["setup_usd"], when=0)
    book.pay(0, "launch", fleet["launch_usd"], when=0)
    for m, t in enumerate(tokens):
        n, month = plan.replicas[m], sums[m]

        # what the fleet does not do (4.3)
        displaced = month.overflow / fleet["token_ratio"]
        to_api = (1 - fleet["share"]) * t
        if policy["overflow_is_lost"]:
            book.pay(m, "lost_work", displaced * fleet["lost_usd_per_million_tokens"] / 1e6)
        else:
            to_api += displaced
        book.pay(m, "api_tokens", to_api * prices[m] / 1e6)
        book.pay(m, "incidents", api["outage_usd_per_month"] * to_api / t)
        if fleet["share"] < 1 or (m < launch and not policy["overflow_is_lost"]):
            pay_api_fixed(book, m, api, migration_hours)

        # GPUs (4.4, 4.5)
        busy = month.served / (plan.capacity[m] / fleet["latency_utilization"])
        if policy["ownership"] == "owned":
            bought = purchase(m, plan.orders[m])
            book.pay(m, "gpus", bought, when=0)
            hardware += bought
            residual = bought * fleet["residual_share_36_months"] ** ((n_months - m) / 36)
            book.pay(n_months - 1, "gpus", -residual, when=1)
            colocation = n * gpus * fleet["provisioned_kw_per_gpu"] * fleet["colocation_usd_per_kw_month"]
            support = hardware * fleet["support_share_per_year"] / 12 if n > 0 else 0.0
            watt_hours = (
                fleet["idle_watts_per_gpu"] * n * 730
                + (fleet["load_watts_per_gpu"] - fleet["idle_watts_per_gpu"]) * busy
            ) * gpus
            kwh = watt_hours * fleet["pue"] * fleet["host_power_ratio"] / 1000
            kwh_usd = fleet["usd_per_kwh"] * (1 + fleet["energy_price_growth_per_year"]) ** (m / 12)
            book.pay(m, "hosting", colocation + support + kwh * kwh_usd)
            use.capacity_usd += bought - residual + colocation + support
        else:
            if policy["ownership"] == "reserved":
                offered = rent_price(m) * gpus * (1 - fleet["reserved_discount"])
                if n > 0 and (m - launch) % policy["term_months"] == 0:
                    reservation = n * offered
                elif n > 0:
                    reservation += (n - plan.replicas[m - 1]) * offered
                rent = reservation * 730 if n > 0 else 0.0
            else:
                rent = month.paid * gpus * rent_price(m)
            book.pay(m, "gpus", rent)
            use.capacity_usd += rent
        use.busy += busy
        use.paid += month.paid
        use.over += month.over

        # people and platform (4.6 to 4.9)
        rate = hour_usd(fleet, m)
        if m <= launch:
            book.pay(m, "launch", fleet["launch_hours"] / (launch + 1) * rate)
        if m >= launch:
            hours = (
                fleet["engineer_hours_per_month"]
                + fleet["engineer_hours_per_replica_month"] * month.paid / 730
            )
            book.pay(m, "engineers", hours * (1 + fleet["underestimate_share"]) * rate)
            a = 730 / 168 / fleet["refresh_weeks"]
            events = math.floor((m - launch + 1) * a) - math.floor((m - launch) * a)
            book.pay(m, "refresh", events * (fleet["refresh_hours"] * rate + fleet["refresh_usd"]))
            book.pay(m, "refresh", fleet["finetune_hours_per_month"] * rate + fleet["finetune_usd_per_month"])
            count = poisson(noise.incidents[m], fleet["incidents_per_month"])
            book.pay(m, "incidents", count * fleet["incident_usd"])
            book.pay(m, "platform", fleet["platform_usd_per_month"] + fleet["audit_usd_per_year"] / 12)
    use.idle_usd = use.capacity_usd * (1 - use.busy / use.paid) if use.paid > 0 else 0.0
    return book, use
