"""Time to compile all kernels in a fresh process, and to load them from the cache in the next."""

import json
import os
import subprocess
import sys

ALL_KERNELS = """
import json, time
start = time.perf_counter()
import tcosim
from tcosim import engine
imported = time.perf_counter()
scenario = tcosim.load(overrides=["scenario.months=1"])
loaded = time.perf_counter()
engine.simulate(scenario, samples=1, threads=1)
first = time.perf_counter()
engine.simulate(scenario, samples=1, threads=1)
second = time.perf_counter()
print(json.dumps({"imports": imported - start, "kernels": (first - loaded) - (second - first)}))
"""
ONE_KERNEL = """
import json, time
start = time.perf_counter()
import numpy as np
from tcosim.kernels import noise
imported = time.perf_counter()
noise.poisson_at(0.5, 0.5, 0.7)
print(json.dumps({"imports": imported - start, "kernels": time.perf_counter() - imported}))
"""


def in_fresh_process(program, cache):
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_compile_and_load(tmp_path, figures, smoke):
    program = ONE_KERNEL if smoke else ALL_KERNELS
    compiled = in_fresh_process(program, tmp_path)
    assert any(tmp_path.rglob("*.nbc")), "nothing was kept"
    loaded = in_fresh_process(program, tmp_path)
    group = "kernels in a fresh process"
    figures.add(group, "compile, empty cache", compiled["kernels"], "s")
    figures.add(group, "load, warm cache", loaded["kernels"], "s")
    figures.add(group, "import of tcosim, numba, xarray", loaded["imports"], "s")
