"""The hot loops are vectorized, on the widest registers of this processor: nothing else would say if they were not.

The machine code of each loop over lanes is read. LLVM may keep a scalar copy of a loop for arrays that overlap, which
ours never do; what must not be is a loop without a vector version, or scalar arithmetic inside one.
"""

import platform
import re
from collections import Counter
from itertools import pairwise
from typing import NamedTuple

import numba
import numpy as np
import pytest
from numba import types
from numba.core.registry import cpu_target

from tcosim.kernels import demand, fleet
from tcosim.kernels.bits import prefer_wide_vectors
from tcosim.kernels.jit import FASTMATH
from tcosim.kernels.layout import LANES

FLOATS, FLOAT, INDEX = types.float32[::1], types.float32, types.uintp
SINGLY, IN_PACKS = types.none, types.boolean
HOT_LOOPS = {
    "demand_pair": (demand.demand_pair, (FLOATS, FLOAT, FLOAT)),
    "even_day": (demand.even_day, (FLOATS,)),
    "odd_day": (demand.odd_day, (FLOATS,)),
    "fixed_pair": (fleet.fixed_pair, (FLOATS, FLOATS, INDEX, SINGLY)),
    "fixed_pair, in packs": (fleet.fixed_pair, (FLOATS, FLOATS, INDEX, IN_PACKS)),
    "queueing_pair": (fleet.queueing_pair, (FLOATS, FLOATS, INDEX, SINGLY)),
    "queueing_pair, in packs": (fleet.queueing_pair, (FLOATS, FLOATS, INDEX, IN_PACKS)),
    "autoscaled_pair": (fleet.autoscaled_pair, (FLOATS, FLOATS, INDEX, SINGLY)),
    "autoscaled_pair, in packs": (fleet.autoscaled_pair, (FLOATS, FLOATS, INDEX, IN_PACKS)),
}

ARITHMETIC = re.compile(r"v?(?:f?n?m?(?:add|sub)\w*|mul|div|sqrt|min|max|rndscale|round|cmp\w*)([ps])s\b")
"""Float32 arithmetic of x86: mulps, vfmadd213ps, vmaxss and so on; the letter before the last tells packed from scalar.
Moves, broadcasts and bit operations are not arithmetic."""

END_OF_FUNCTION = re.compile(r"\s*\.(size|cfi_endproc|seh_endproc)\b")


def widest_registers():
    """Widest registers that numba compiles for here, or None if there is nothing to look for."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return None
    *_, features = cpu_target.target_context.codegen().magic_tuple()
    enabled = features.split(",")
    if "+avx512f" in enabled:
        return "zmm"
    return "ymm" if "+avx2" in enabled else None


WIDE = widest_registers()
pytestmark = pytest.mark.skipif(
    WIDE is None,
    reason=f"reads AVX2 and AVX-512 code, which numba does not make for this {platform.machine()}",
)


def assembly(function, signature):
    """Machine code of a function compiled as the kernels are, its own part only (numba adds wrappers)."""
    compiled = numba.njit(nogil=True, fastmath=FASTMATH, error_model="numpy")(function)
    compiled.compile(signature)
    (key,) = compiled.signatures
    lines = compiled.inspect_asm(key).splitlines()
    labels = [k for k, line in enumerate(lines) if re.match(r"_+ZN\S+:", line)]
    start = next(k for k in labels if not re.match(r"_+ZN7cpython", lines[k]))
    end = next(k for k in range(start, len(lines)) if END_OF_FUNCTION.match(lines[k]))
    return lines[start:end]


class Loop(NamedTuple):
    """Float32 operations inside one innermost loop."""

    wide: int
    narrow: int
    scalar: int


def operations(lines):
    """Count float32 operations of some lines by kind."""
    counts = Counter()
    for line in lines:
        instruction, _, operands = line.strip().partition("\t")
        if found := ARITHMETIC.fullmatch(instruction):
            packed = "wide" if WIDE in operands else "narrow"
            counts["scalar" if found[1] == "s" else packed] += 1
    return Loop(counts["wide"], counts["narrow"], counts["scalar"])


def innermost_loops(lines):
    """Operations in each stretch of code that jumps back to its beginning and holds no other such stretch."""
    labels = {line.split(":")[0]: k for k, line in enumerate(lines) if re.match(r"\.?\w+:", line)}
    stretches = set()
    for k, line in enumerate(lines):
        jump = re.match(r"\s+j\w+\s+(\S+)", line)
        if jump and labels.get(jump[1], k) < k:
            stretches.add((labels[jump[1]], k))
    inner = [s for s in stretches if not any(o != s and s[0] <= o[0] and o[1] <= s[1] for o in stretches)]
    return [operations(lines[first : last + 1]) for first, last in sorted(inner)]


def complaint(function, signature):
    """What is wrong with a function's loops over lanes; an empty string if they are vectorized."""
    lines = assembly(function, signature)
    loops = innermost_loops(lines) or [operations(lines)]  # a short loop may be unrolled to its end
    vector = [loop for loop in loops if loop.wide]
    if not vector:
        return f"no loop with float arithmetic on {WIDE}; loops: {loops}"
    if impure := [loop for loop in vector if loop.narrow or loop.scalar]:
        return f"narrow or scalar arithmetic in the midst of a vector loop: {impure}"
    whole = operations(lines)
    if whole.narrow:
        return f"packed arithmetic on registers narrower than {WIDE}: {whole}"
    # the copy for arrays that overlap does just what the vector loop does
    copies = [loop for loop in loops if loop.scalar]
    if len(copies) > 1 or sum(loop.scalar for loop in copies) > whole.wide:
        return f"scalar loops that no vector loop stands for: {loops}"
    return ""


@pytest.mark.parametrize("name", HOT_LOOPS)
def test_hot_loop_is_vectorized(name):
    kernel, signature = HOT_LOOPS[name]
    assert complaint(kernel.py_func, signature) == ""


@pytest.mark.parametrize("name", ["demand_pair", "even_day", "odd_day"])
def test_a_loop_over_one_buffer_needs_no_scalar_copy(name):
    kernel, signature = HOT_LOOPS[name]
    assert operations(assembly(kernel.py_func, signature)).scalar <= 2  # a hoisted constant at most


def carried(b, factor):
    """Each lane waits for the one before."""
    prefer_wide_vectors()
    state = np.float32(0.0)
    for lane in range(LANES):
        j = np.uintp(lane)
        state = factor * state + b[j]
        b[j] = state * factor


ARRAYS = 20
NAMES = [f"a{k}" for k in range(ARRAYS)]
SEPARATE_ARRAYS = f"""
def separate({", ".join(NAMES)}):
    prefer_wide_vectors()
    for lane in range(LANES):
        j = np.uintp(lane)
        {"; ".join(f"{a}[j] = {a}[j] * {b}[j] + {b}[j]" for a, b in pairwise(NAMES))}
"""


def separate_arrays():
    """A loop over twenty arrays: more pairs to be checked for overlap than LLVM is ready to check."""
    module = {"np": np, "LANES": LANES, "prefer_wide_vectors": prefer_wide_vectors}
    exec(SEPARATE_ARRAYS, module)
    return module["separate"]


def test_a_dependency_from_lane_to_lane_is_seen():
    assert "no loop with float arithmetic" in complaint(carried, (FLOATS, FLOAT))


def test_too_many_arrays_are_seen():
    assert "no loop with float arithmetic" in complaint(separate_arrays(), (FLOATS,) * ARRAYS)


def test_double_precision_is_seen():
    """numba's own square root goes through float64, which halves the lanes: none of our loops may do that."""

    def slipped(b, factor):
        prefer_wide_vectors()
        for lane in range(LANES):
            j = np.uintp(lane)
            b[j] = np.float32(np.float64(b[j]) * 1.1 + np.float64(factor))

    assert complaint(slipped, (FLOATS, FLOAT)) != ""


@pytest.mark.parametrize("name", HOT_LOOPS)
def test_no_hot_loop_computes_in_float64(name):
    kernel, signature = HOT_LOOPS[name]
    doubles = [line for line in assembly(kernel.py_func, signature) if re.match(r"\s+v?\w+pd\s", line)]
    # moving bits about is no arithmetic, whatever the name of the instruction
    assert not [line for line in doubles if not re.match(r"\s+v?(mov|xor|and|or|shuf|perm|unpck)", line)]
