"""Variants of the same futures: equal to runs, and what is taken over from the first variant changes nothing."""

import numpy as np
import pytest

from tcosim.engine import simulate
from tcosim.engine.block import Block, draw_block, serve_block, size_block
from tcosim.engine.pack import pack
from tcosim.engine.variants import Variant, simulate_variants
from tcosim.kernels import layout
from tcosim.sampling.inputs import InputSampler
from tests.engine.scenarios import every_kind


@pytest.fixture(scope="module")
def every():
    return every_kind(months=3, overrides=["traffic.silent_share=0.2"])  # a score that is a number


def sampled(scenario, seed=0):
    return InputSampler(scenario.uncertain_inputs(), scenario.correlations, seed)


def with_input(scenario, name, level):
    """The scenario's values with one input at a quantile of its own."""
    sampler = sampled(scenario)
    column = sampler.names.index(name)

    def values(points):
        fixed = points.copy()
        fixed[:, column] = level
        found = sampler.values(points)
        found[column] = sampler.values(fixed)[column]
        return found

    return values


def test_the_plain_variant_is_the_run(every):
    sampler = sampled(every)
    npv = simulate_variants(
        [Variant(every, sampler.values)], dimensions=len(sampler.names), samples=600, seed=4
    )
    np.testing.assert_array_equal(npv[0], simulate(every, samples=600, seed=4)["npv"])


@pytest.mark.parametrize(
    "name",
    ["people.engineer_usd_per_hour", "traffic.burst_sigma", "serving.token_ratio", "gpu.h100.usd_per_gpu",
     "models.refresh_weeks", "traffic.cached_share", "failures.repair_hours"],
)  # fmt: skip
def test_a_variant_does_not_depend_on_the_first_one(every, name):
    sampler = sampled(every)
    plain, changed = Variant(every, sampler.values), Variant(every, with_input(every, name, 0.9))
    settings = {"dimensions": len(sampler.names), "samples": 300, "seed": 2}
    together = simulate_variants([plain, changed], **settings)
    alone = simulate_variants([changed], **settings)
    np.testing.assert_array_equal(together[1], alone[0])
    assert np.any(together[1] != together[0])


def test_noise_has_numbers(every):
    sampler = sampled(every)
    variants = [Variant(every, sampler.values, noise=k) for k in (0, 1, 2, 1)]
    npv = simulate_variants(variants, dimensions=len(sampler.names), samples=64, seed=9)
    np.testing.assert_array_equal(npv[1], npv[3])
    assert not np.any(npv[0] == npv[1])
    assert not np.any(npv[1] == npv[2])


def test_threads_change_no_byte(every):
    sampler = sampled(every)
    variants = [Variant(every, sampler.values), Variant(every, with_input(every, "traffic.burst_sigma", 0.1))]
    runs = [
        simulate_variants(variants, dimensions=len(sampler.names), samples=700, threads=t) for t in (1, 2)
    ]
    assert runs[0].tobytes() == runs[1].tobytes()


def test_money_rows_move_neither_traffic_nor_fleets(every):
    """Each row said to be of money alone leaves what a variant takes over as it is; each other row moves it."""
    packing, n = pack(every), layout.LANES
    sampler = sampled(every)
    values = sampler.values(sampler.uniforms(0, n))

    def served(table=None, row=None):
        block = Block.room(every, packing, n)
        draw_block(packing, block, values, 0, 0)
        if row is not None:
            array = getattr(block.parameters, table)[row]
            array *= 1.3
            array += 0.6  # a month more where months are rounded
        size_block(packing, block)
        serve_block(packing, block, 0, 0)
        return [block.tokens, block.replicas, block.capacity, block.orders, block.fleet_months]

    before = served()

    def moves(table, row):
        return any(not np.array_equal(a, b) for a, b in zip(before, served(table, row), strict=True))

    for table, names, of_money in (
        ("world", layout.WORLD, layout.WORLD_MONEY),
        ("fleets", layout.FLEET, layout.FLEET_MONEY),
    ):
        found = {name for row, name in enumerate(names) if not moves(table, row)}
        assert found == set(of_money), table
