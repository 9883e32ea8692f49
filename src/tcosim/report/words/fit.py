"""What a fit of traffic says, in sentences and figures.

From the content of ``tcosim fit --json``; knows nothing of tables or of how the fit came about.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from tcosim.report.words import rounding
from tcosim.report.words.english import listed, plural
from tcosim.report.words.week import DAYS

FEWEST_DIGITS, MOST_DIGITS = 2, 3
LARGE = 1e4
"""From here on figures are written with a letter: 212M."""
COMPARED = {
    "mean": "traffic an hour, mean",
    "peak_over_mean": "peak / mean",
    "p99_over_mean": "p99 / mean",
    "residual_cv": "residual CV",
    "lag_1": "autocorrelation, 1 hour",
    "lag_24": "autocorrelation, 24 hours",
    "silent_share": "hours without traffic",
}
TERMS = (
    "p99: the hour that 1 % of the hours exceed. Residual: traffic over what its hour of the week expects, busy hours"
    " counting more; its CV is its standard deviation over its mean."
)
NEARLY_ALL = 0.95
"""Of a larger share of input a tenth of a percent counts: what is left is output, which costs most."""
LONGEST_WEEKS = 52


def figure(value: float, low: float, high: float) -> str:
    """Write a figure down to the second digit of its interval's width, with two digits at least and three at most."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "n/a"
    leading = math.floor(math.log10(abs(value)) + 1e-12)
    width = rounding.last_place(low, high)
    place = leading - MOST_DIGITS + 1 if width is None else width - 1
    place = min(max(place, leading - MOST_DIGITS + 1), leading - FEWEST_DIGITS + 1)
    if abs(value) >= LARGE:
        return rounding.tight(value, place)
    shown = round(value, -place)
    return f"{shown:,.{max(0, -place)}f}"


def comparable(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Figures that can be compared: a log of few days has no autocorrelation over a day."""
    return [
        row
        for row in found["compared"]
        if not (
            row["name"].startswith("lag_")
            and all(row[name] == 0 for name in ("observed", "p5", "p50", "p95"))
        )
    ]


def compared_figure(row: dict[str, Any], name: str) -> str:
    """Write one figure of a comparison: shares as percentages, correlations with two decimals."""
    value = row[name]
    if row["name"] == "silent_share":
        return rounding.percent(value, -1 if value < 0.1 else 0)
    if row["name"].startswith("lag_"):
        return f"{value + 0.0:.2f}".replace("-0.00", "0.00")
    return figure(value, row["p5"], row["p95"])


def figures(row: dict[str, Any]) -> tuple[str, str]:
    """Median and 90 % interval of a quantity; a plain number has no interval."""
    if row["is_point"]:
        return figure(row["p50"], 0.0, 0.0), "-"
    low, middle, high = (figure(row[name], row["p5"], row["p95"]) for name in ("p5", "p50", "p95"))
    return middle, f"{low} to {high}"


def learned(row: dict[str, Any], silent_chance: float) -> str:
    """How much a log tells of a quantity."""
    if row["field"] == "traffic.silent_share" and row["is_point"] and row["p50"] == 0:
        return f"{_probability(1 - silent_chance)} sure" if silent_chance > 0 else "none is silent"
    if row["told"] == "narrower":
        return f"{rounding.percent(row['learned'], 0)} narrower"
    return "from the log" if row["told"] == "by the log" else "nothing new"


def what_read(found: dict[str, Any]) -> list[str]:
    """What was read: the files, the hours, and what they hold."""
    log = found["log"]
    sources = log["sources"]
    files = sources[0] if len(sources) == 1 else f"{plural(len(sources), 'file')} ({listed(sources)})"
    counted = [f"{plural(round(log['requests']), 'request')}"] if log["requests"] is not None else []
    if log["tokens"] is not None:
        counted.append(f"{rounding.spaced(log['tokens'])} tokens{_parts(log)}")
    missing = log["hours"] - log["collected_hours"]
    gaps = f", {missing:,} of them not collected" if missing else ""
    return [
        f"{files}: format {log['format']}, {plural(log['rows'], 'row')}",
        f"{plural(log['hours'], 'hour')} ({_weeks(log['weeks'])}){gaps}, {_when(log)}; {listed(counted)}",
    ]


def _parts(log: dict[str, Any]) -> str:
    if log["input_tokens"] is None:
        return ""
    cached = (
        ""
        if log["cached_tokens"] is None
        else f", {rounding.percent(log['cached_tokens'] / max(1.0, log['input_tokens']), 0)} of it cached"
    )
    share = log["input_tokens"] / max(1.0, log["tokens"])
    return f" ({rounding.percent(share, -1 if share > NEARLY_ALL else 0)} input{cached})"


def _when(log: dict[str, Any]) -> str:
    if not log["is_dated"]:
        begin = datetime.fromisoformat(log["from"])
        return f"from a {DAYS[begin.weekday()]} {begin:%H:%M} on"
    return f"{moment(log['from'])} to {moment(log['to'])}, {log['zone']}"


def moment(text: str) -> str:
    """A time as people read it: ``"Mon 2024-05-13 08:00"``."""
    time = datetime.fromisoformat(text)
    return f"{DAYS[time.weekday()][:3]} {time:%Y-%m-%d %H:%M}"


def _weeks(weeks: float) -> str:
    return plural(1, "week") if round(weeks, 1) == 1 else f"{weeks:.1f} weeks"


def level(found: dict[str, Any]) -> str:
    """The level at the end of the log, which is what a plan starts from."""
    ratio = next((row for row in found["quantities"] if row["field"] == "volume.forecast_ratio"), None)
    spread = ""
    if ratio is not None and not ratio["is_point"]:
        low, high = (f"{100 * (ratio[name] - 1):+.0f}" for name in ("p5", "p95"))
        spread = f" ({low} to {high} %)"
    per_month = rounding.volume(found["traffic_per_month"])
    return f"Level at the end of the log: {per_month} {found['log']['measure']} a month{spread}."


def untold(found: dict[str, Any]) -> str:
    """What the log does not tell."""
    if not found["untold"]:
        return ""
    return f"Not told by the log, left to the scenario or the library: {listed(found['untold'])}."


def nearness(row: dict[str, Any]) -> str:
    """A mark where a simulated figure is not as near as asked, or the observed one is outside its range."""
    outside = not row["p5"] <= row["observed"] <= row["p95"]
    if row["near"] is False:
        off = row["p50"] - row["observed"]
        if row["asked_share"] is not None:
            # rounded up: what is off by 15.2 % is not off by the 15 % that are asked
            off_by = math.ceil(100 * abs(off) / abs(row["observed"])) if row["observed"] else None
            share = "all" if off_by is None else f"{off_by} %"
            return f"FAR: {share} off, {rounding.percent(row['asked_share'], 0)} asked"
        return f"FAR: {abs(off):.2f} off, {row['asked_difference']:g} asked"
    mark = "near" if row["near"] else ""
    return ", ".join(part for part in (mark, "outside" if outside else "") if part)


def hold_out(found: dict[str, Any]) -> str:
    """How the unseen end of the log fared."""
    held = found["held_out"]
    if held is None:
        return "Hold-out: none, the log is too short to spare its end."
    asked, expected = _range(*held["asked"]), _range(held["expected_p5"], held["expected_p95"])
    covered = rounding.percent(held["coverage"], 0)
    usual = held["expected_p5"] <= held["coverage"] <= held["expected_p95"]
    if held["within_asked"]:
        verdict = f"Inside the {asked} asked{'' if usual else ', though outside what a perfect band shows'}."
    elif usual:
        verdict = f"Outside the {asked} asked, which a perfect band may be as well."
    else:
        way = "narrow" if held["coverage"] < held["asked"][0] else "wide"
        verdict = f"OUTSIDE the {asked} asked: for these hours the band is too {way}."
    return (
        f"Hold-out: of {plural(held['hours'], 'hour')} behind the first {held['fitted_hours']:,}, {covered} lie in the"
        f" band of 90 % that those hours alone give; even a perfect band holds {expected} of them, in 9 logs of 10."
        f" {verdict}"
    )


def _range(low: float, high: float) -> str:
    return f"{rounding.percent(low, 0).removesuffix(' %')} to {rounding.percent(high, 0)}"


def conclusion(found: dict[str, Any]) -> list[str]:
    """What the fit comes to, and what to do next."""
    return [_burst(found["burst"]), _likeness(found), _longer(found["log"]["weeks"])]


def _burst(burst: dict[str, Any]) -> str:
    chance = burst["silent_chance"]
    if burst["is_cut_off"]:
        return f"The burst is cut off, so that hours fall silent by themselves (probability {_probability(chance)})."
    if chance == 0:
        return "The burst is lognormal: no hour of the log is silent."
    return f"The burst is lognormal: no hour falls silent by itself (probability {_probability(1 - chance)})."


def _probability(chance: float) -> str:
    """A share of draws: all of them are no certainty."""
    return rounding.percent(min(max(chance, 1e-4), 1 - 1e-4), 0)


def _likeness(found: dict[str, Any]) -> str:
    far = [COMPARED[row["name"]] for row in found["compared"] if row["near"] is False]
    missed = f" Not as near as asked: {listed(far)}." if far else ""
    if found["misfit"] > 1:
        return (
            f"The model hardly makes a log like this one, which lies {found['misfit']:.1f} times as far from the"
            f" nearest simulated ones as 19 in 20 logs do at most; the nearest that it makes was taken.{missed}"
        )
    return f"The model makes logs that are as near to others as this one is.{missed}"


def _longer(weeks: float) -> str:
    if weeks < 1:
        return "Log at least one whole week next: hours of the week that were not seen are guessed from the others."
    if 4 * weeks <= LONGEST_WEEKS:
        longer = math.ceil(4 * weeks - 1e-9)
        return f"A log of {longer} weeks, four times as long, would about halve the intervals that this one narrows."
    return "Fit again as the log grows: its last 52 weeks count."


def next_step(found: dict[str, Any], out: str | None) -> str:
    """How the fit gets into a scenario."""
    if out is None:
        return "To use it, write it to a file: --out fitted.toml."
    needed = "" if found["tokens_per_month"] is not None else ", and tokens_per_month under [volume]"
    return (
        f'To use it, write include = "{out}" under [scenario] of a scenario file beside it{needed}, then: tcosim run'
        " SCENARIO.toml. What the scenario states itself goes first."
    )
