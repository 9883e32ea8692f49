"""An engine that returns plain random numbers at once: the command line is tested without simulating."""

from __future__ import annotations

import sys
import types
from typing import Any

import numpy as np
import xarray as xr
from curves import synthetic_curve
from datasets import synthetic


def simulate(scenario: Any, *, samples: int, seed: int, progress: Any, **where: Any) -> Any:
    """Build a Dataset whose options are those of the scenario."""
    options = {option.name: option.kind for option in scenario.options}
    rng = np.random.default_rng(seed)
    npv = 1e6 + 1e5 * np.arange(len(options)) + 2e5 * rng.standard_normal((samples, len(options)))
    progress(samples, samples)
    dataset = synthetic(
        samples,
        seed=seed,
        npv=npv,
        months=scenario.months,
        options=options,
        baseline=scenario.baseline,
        tokens=scenario.volume.tokens_per_month * scenario.months,
    )
    dataset.attrs |= {
        "scenario_name": scenario.name,
        "scenario_sha256": scenario.sha256(),
        "library_sha256": scenario.library_sha256,
    }
    return dataset


def curve(scenario: Any, volumes: Any, *, samples: int, seed: int, progress: Any, **where: Any) -> Any:
    """Build the Dataset of a curve whose options are those of the scenario."""
    options = {option.name: option.kind for option in scenario.options}
    names = [name for name in options if name != scenario.baseline]
    progress(samples * len(volumes), samples * len(volumes))
    dataset = synthetic_curve(
        samples,
        volumes,
        seed=seed,
        options={scenario.baseline: options[scenario.baseline]} | options,
        even={name: 4e9 * (index + 1) for index, name in enumerate(names)},
        planned=scenario.volume.tokens_per_month,
    )
    dataset.attrs |= {
        "scenario_name": scenario.name,
        "scenario_sha256": scenario.sha256(),
        "library_sha256": scenario.library_sha256,
        "months": scenario.months,
    }
    return dataset


def stand_in(monkeypatch: Any) -> Any:
    """Put stand-ins in the place of the engine and of the curve of a run; call what comes back to change the engine."""
    import tcosim
    from tcosim.studies import curve as study

    def use(**functions: Any) -> None:
        made = module(**functions)
        monkeypatch.setitem(sys.modules, "tcosim.engine", made)
        monkeypatch.setattr(tcosim, "engine", made, raising=False)

    use()
    monkeypatch.setattr(study, "curve", curve)
    return use


def module(simulate: Any = simulate, **others: Any) -> types.ModuleType:
    """Return a module that stands in for ``tcosim.engine``."""
    from tcosim import engine

    made = types.ModuleType("tcosim.engine")
    made.__path__ = engine.__path__  # its other rooms are the real ones
    made.__dict__.update(simulate=simulate, **others)
    return made


def replay_of(dataset: Any) -> Any:
    """Return a ``replay`` that gives back the futures of this Dataset."""

    def replay(scenario: Any, *, seed: int, future: int) -> Any:
        names = [option.name for option in scenario.options]
        fleets = [option.name for option in scenario.options if option.kind in ("rented", "owned")]
        months, hours = scenario.months, scenario.months * 730
        npv = dict(zip(names, map(float, dataset["npv"].values[future]), strict=True))
        replicas = np.where(np.isin(names, fleets), 2.0, np.nan)
        return types.SimpleNamespace(
            seed=seed,
            future=future,
            npv=npv,
            inputs={"traffic.burst_sigma": 0.5},
            months=xr.Dataset(
                {
                    "cost": (("month", "option"), np.full((months, len(names)), 1e4)),
                    "tokens": (("month",), np.full(months, 3e9)),
                    "replicas": (("month", "option"), np.tile(replicas, (months, 1))),
                    "component": (("option", "part"), np.ones((len(names), 2))),
                },
                coords={"option": names, "part": ["gpus", "launch"]},
            ),
            hours=xr.Dataset(
                {
                    "tokens": (("hour",), np.arange(hours, dtype=float)),
                    "served": (("fleet", "hour"), np.tile(np.arange(hours) / 3, (len(fleets), 1))),
                },
                coords={"fleet": fleets},
            ),
        )

    return replay
