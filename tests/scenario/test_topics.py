"""Every uncertain field has a topic, and every topic's fields exist."""

from tcosim.scenario.fields import Kind, field_specs
from tcosim.scenario.load import load
from tcosim.scenario.models import (
    ApiOption,
    Header,
    ManagedOption,
    OwnedOption,
    RentedOption,
    Route,
    Traffic,
    Volume,
)
from tcosim.scenario.topics import TOPICS, input_topics

TABLES = (Header, Volume, Traffic, ApiOption, Route, ManagedOption, RentedOption, OwnedOption)


def test_every_uncertain_field_has_one_topic():
    declared = {
        name for table in TABLES for name, spec in field_specs(table).items() if spec.kind is Kind.UNCERTAIN
    }
    listed = [name for fields in TOPICS.values() for name in fields]
    assert sorted(listed) == sorted(declared)


def test_inputs_take_the_topic_of_their_field():
    topics = input_topics(load())
    assert list(topics) == [quantity.name for quantity in load().uncertain_inputs()]
    assert topics["traffic.annual_growth"] == "traffic"
    assert topics["people.engineer_hours_per_month"] == "people"
    assert topics["gpu.h100.usd_per_gpu_hour_on_demand"] == "gpu price"
