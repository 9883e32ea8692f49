"""The tables of a scenario, one file a thing: every field with unit, bounds, default and meaning.

Frozen declarations: knows nothing of files, of the library or of how the numbers are used.
"""

from tcosim.scenario.models.api import ApiOption, ManagedOption, Route
from tcosim.scenario.models.constraints import NO_CONSTRAINTS, Constraints
from tcosim.scenario.models.fleet import FleetOption
from tcosim.scenario.models.option import Option
from tcosim.scenario.models.owned import OwnedOption
from tcosim.scenario.models.rented import RentedOption
from tcosim.scenario.models.scenario import Header, Scenario
from tcosim.scenario.models.traffic import Traffic, Volume

OPTION_KINDS: dict[str, type[Option]] = {
    "api": ApiOption,
    "managed": ManagedOption,
    "rented": RentedOption,
    "owned": OwnedOption,
}
"""Model by the name that stands in ``kind``."""

__all__ = [
    "NO_CONSTRAINTS",
    "OPTION_KINDS",
    "ApiOption",
    "Constraints",
    "FleetOption",
    "Header",
    "ManagedOption",
    "Option",
    "OwnedOption",
    "RentedOption",
    "Route",
    "Scenario",
    "Traffic",
    "Volume",
]
