"""What the model leaves out, in plain sentences: those that are true of a scenario's options.

Knows declared scenarios and what docs/model.md says is not modelled; judges nothing.
"""

from __future__ import annotations

from tcosim.scenario.models import ApiOption, FleetOption, ManagedOption, OwnedOption, RentedOption, Scenario


def leaves_out(scenario: Scenario) -> list[str]:
    """Return what the model of this scenario does not hold, one sentence each, the weightiest first."""
    fleets = [option for option in scenario.options if isinstance(option, FleetOption)]
    found = _always(scenario)
    if fleets:
        found += _of_fleets() + _of_contracts(fleets)
    return [*found, *_minor()]


def _always(scenario: Scenario) -> list[str]:
    has_managed = any(isinstance(option, ManagedOption) for option in scenario.options)
    has_owned = any(isinstance(option, OwnedOption) for option in scenario.options)
    providers = "APIs and managed services" if has_managed else "The API"
    resale = " but the resale of owned GPUs" if has_owned else ""
    return [
        f"{providers} fail by stated hours a year at a stated cost: no outage is drawn, and no work goes elsewhere.",
        "Only costs count: privacy, control, speed and what better answers are worth have no price of their own.",
        f"The choice is kept to the end: nobody switches in between, and nothing after the horizon counts{resale}.",
        "Token prices do not depend on volume: there is no discount for more tokens, and none for a commitment.",
        *_of_list_prices(scenario),
    ]


def _of_list_prices(scenario: Scenario) -> list[str]:
    """What holds where a buyer's moves follow a list price that wanders."""
    routes = (
        route for option in scenario.options if isinstance(option, ApiOption) for route in option.routes
    )
    if all(
        route.list_price_volatility.is_point and route.list_price_volatility.point_value == 0
        for route in routes
    ):
        return []
    return [
        "A buyer follows his tier's list price at each move, up as well as down: the API's mean cost is too high, which"
        " favours self-hosting.",
    ]


def _of_fleets() -> list[str]:
    return [
        "Of the open model's quality only its extra tokens and its share of the work count, not how good it answers.",
        "GPUs stay of one kind and can always be had after the lead time: newer kinds and shortages are left out.",
        "Nothing below an hour is simulated: traffic is level within it, and latency is one limit on utilization.",
        "Incidents cost money but take no capacity; whole sites do not fail. Development tokens load only the API.",
    ]


def _of_contracts(fleets: list[FleetOption]) -> list[str]:
    """What holds for one kind of contract or policy only."""
    found = []
    rented = [fleet for fleet in fleets if isinstance(fleet, RentedOption)]
    if any(fleet.overflow == "lost" for fleet in fleets):
        found.append("Lost work costs what is stated for its tokens; users whom it drives away are left out.")
    if any(fleet.contract == "reserved" for fleet in rented):
        found.append(
            "A reservation cannot be ended or passed on early, and past the horizon it costs nothing more."
        )
    if any(fleet.contract == "spot" for fleet in rented):
        found.append(
            "Spot GPUs are taken away replica by replica, not all of them at once when they are scarce."
        )
    if any(isinstance(fleet, OwnedOption) for fleet in fleets):
        found.append(
            "Owned GPUs are kept to the end of the horizon; insurance, removal and early sales are left out."
        )
    if any(fleet.autoscale for fleet in rented):
        found.append(
            "A replica that autoscaling adds serves at once: starting it and loading the model take no time."
        )
    if any(not _never_waits(fleet) for fleet in fleets):
        found.append("Waiting costs nothing; work that still waits at the end of the horizon is not billed.")
    return found


def _never_waits(fleet: FleetOption) -> bool:
    return fleet.longest_wait_hours.is_point and fleet.longest_wait_hours.point_value == 0


def _minor() -> list[str]:
    return [
        "Demand is the same for every option whatever it costs, and knows neither holidays nor seasons.",
        "Taxes, depreciation, loans and exchange rates are left out: money counts when it is paid.",
        "Fees stated by the month stay as they are, whatever prices and volume do.",
    ]
