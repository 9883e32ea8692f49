"""How often the 95 % interval of a probability holds the true one, over many seeds of the default scenario.

    python -m benchmarks.coverage_of_interval --seeds 200 --samples 1e4 --months 36 --long 1e7
    python -m benchmarks.coverage_of_interval --value rented-h100=0.412 --value owned-h100=0.377
    python -m benchmarks.coverage_of_interval --precision 0.01 --value owned-h100=0.352

The truth is a long run with a seed of its own, or given values. With --precision each run stops when the interval of
the headline, the option with the lowest mean cost, is narrow enough; who stops by an interval covers less often.
"""

import argparse
import time

import numpy as np

from tcosim import load, simulate
from tcosim.analysis.interval import clopper_pearson
from tcosim.analysis.probability import probability_beats_baseline
from tcosim.scenario.models import FleetOption
from tcosim.studies.precision import simulate_to_precision

FEWEST, MOST = 0.90, 0.99
"""Bar: the share of seeds whose interval holds the truth."""
LONG_SEED = 2**40


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200, help="runs, with seeds 0 to SEEDS - 1")
    parser.add_argument("--samples", type=float, default=1e4, help="futures of each run")
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--long", type=float, default=1e7, metavar="SAMPLES", help="futures of the long run")
    parser.add_argument(
        "--value",
        action="append",
        default=[],
        metavar="OPTION=P",
        help="true value of an option; no long run then",
    )
    parser.add_argument("--threads", type=int, default=None)
    parser.add_argument("--precision", type=float, default=None, help="half width at which to stop, 0.01")
    return parser.parse_args()


def intervals(scenario, names, samples, seed, threads, precision=None):
    """Interval of P(option beats the baseline) for each option."""
    if precision is None:
        run = simulate(scenario, samples=int(samples), seed=seed, threads=threads)
    else:
        run, _ = simulate_to_precision(scenario, precision, seed=seed, threads=threads)
    found = probability_beats_baseline(run)
    return [found[name] for name in names]


def main():
    a = arguments()
    scenario = load(overrides=[f"scenario.months={a.months}"])
    names = [option.name for option in scenario.options if isinstance(option, FleetOption)]
    given = {name: float(value) for name, value in (text.split("=") for text in a.value)}
    if unknown := set(given) - set(names):
        raise SystemExit(
            f"error: no self-hosted option is called {', '.join(sorted(unknown))}; there are {names}"
        )
    if given:
        names = [name for name in names if name in given]
        truth, error = np.array([given[name] for name in names]), np.zeros(len(names))
    else:
        started = time.perf_counter()
        long = intervals(scenario, names, a.long, LONG_SEED, a.threads)
        truth, error = np.array([i.value for i in long]), np.array([i.half_width for i in long])
        print(f"long run of {a.long:,.0f} futures: {time.perf_counter() - started:.0f} s", flush=True)
    started = time.perf_counter()
    runs = [intervals(scenario, names, a.samples, seed, a.threads, a.precision) for seed in range(a.seeds)]
    size = f"{a.samples:,.0f} futures" if a.precision is None else f"a half width of {a.precision:.2%}"
    print(f"{a.seeds} runs of {size}, {a.months} months: {time.perf_counter() - started:.0f} s\n")

    low, high, value = (
        np.array([[getattr(i, f) for i in run] for run in runs]) for f in ("low", "high", "value")
    )
    holds = ((low <= truth) & (truth <= high)).sum(axis=0)
    rmse = np.sqrt(np.square(value - truth).mean(axis=0))
    width = ((high - low) / 2).mean(axis=0)
    print(
        f"{'option':<20} {'truth':>10} {'+-':>9} {'rms error':>10} {'half width':>10}  holds it   (95 % of that)"
    )
    for k, name in enumerate(names):
        of = clopper_pearson(holds[k], a.seeds)
        verdict = "within" if FEWEST <= of.value <= MOST else "OUTSIDE"
        print(
            f"{name:<20} {truth[k]:>10.5f} {error[k]:>9.5f} {rmse[k]:>10.5f} {width[k]:>10.5f}  "
            f"{of.value:7.1%}    ({of.low:.1%} to {of.high:.1%}), {verdict} {FEWEST:.0%} to {MOST:.0%}"
        )


if __name__ == "__main__":
    main()
