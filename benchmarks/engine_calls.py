"""What the engine hands to each kernel, recorded once in a run so that each kernel can be timed alone.

Knows where the engine calls its kernels, not the arguments of any.
"""

from contextlib import contextmanager
from types import SimpleNamespace

from tcosim import kernels, simulate
from tcosim.engine import block


@contextmanager
def _recording(calls):
    def recorder(name):
        kernel = getattr(kernels, name)

        def call(*arguments):
            calls[name] = lambda: kernel(*arguments)
            return kernel(*arguments)

        return call

    block.kernels = SimpleNamespace(**{name: recorder(name) for name in kernels.__all__})
    try:
        yield
    finally:
        block.kernels = kernels


def recorded_calls(scenario, n):
    """Simulate n futures as one block; return for each kernel a function that runs it again on the same arrays."""
    calls = {}
    with _recording(calls):
        simulate(scenario, samples=n, block_futures=n, threads=1)
    return calls
