"""What a curve over volumes advises: below which volume to buy, above which to self-host.

Knows crossings and names; knows no Dataset and no words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from tcosim.analysis.crossing import Crossing, Level, Line

UNLIKELY, LIKELY = 0.1, 0.9
"""Up to the one, self-hosting is dismissed; from the other on, it is taken for safe."""
ROUNDING = 1e-9
"""A crossing at the very volume that was simulated may come out beside it by this share."""

Verdict = Literal["buy", "bet", "self_host", "cannot be told"]


def verdicts(chance: Line) -> list[Verdict]:
    """Say of each volume what the whole interval of the probability supports."""
    return [_verdict(float(low), float(high)) for low, high in zip(chance.low, chance.high, strict=True)]


def _verdict(low: float, high: float) -> Verdict:
    if high < UNLIKELY:
        return "buy"
    if low >= LIKELY:
        return "self_host"
    return "bet" if low >= UNLIKELY and high < LIKELY else "cannot be told"


def decide(
    volumes: Sequence[float],
    chance: Line,
    unlikely: Level,
    likely: Level,
    bought: Sequence[str],
    hosted: Sequence[str],
) -> dict[str, Any]:
    """Say what to choose at which volumes.

    Parameters
    ----------
    volumes : sequence of float, shape (v,)
        Increasing [token/month].
    chance : Line
        Probability of the self-hosted option that is best at each volume.
    unlikely, likely : Level
        Of that probability, at `UNLIKELY` and at `LIKELY`.
    bought, hosted : sequence of str, shape (v,)
        At each volume the cheapest option in expectation of those that are not self-hosted, and of those that are.

    Returns
    -------
    dict
        ``case``: ``"switch"``: buy below a volume, self-host above another. ``"never"``: buy at all volumes.
        ``"always"``: self-host at all volumes. ``"buy_or_bet"`` and ``"bet_or_self_host"``: only one of the two
        volumes exists. ``"bet"``: neither does. ``buy`` and ``self_host``: None, or the volume where they end and
        begin (None: all volumes), its interval, and the options in question with the volume from which they are it.
        ``sure``: whether the intervals support the case: those of the volumes where it changes are closed, and those
        of the probability are clear of the levels at all volumes below and above these, and at an end of the volumes
        that is a bet.
    """
    buys, hosts = unlikely.side == "below", likely.side == "above"
    # A curve that crosses starts below the level if it rises first, and ends above it if it rises last.
    last_bought = unlikely.crossings[0] if unlikely.crossings and unlikely.crossings[0].rises else None
    first_hosted = likely.crossings[-1] if likely.crossings and likely.crossings[-1].rises else None
    names = {
        (False, False): "bet",
        (True, False): "buy_or_bet",
        (False, True): "bet_or_self_host",
        (True, True): "switch",
    }
    case = names[last_bought is not None, first_hosted is not None]
    return {
        "case": "never" if buys else "always" if hosts else case,
        "sure": _sure(volumes, verdicts(chance), buys=buys, hosts=hosts, end=last_bought, start=first_hosted),
        "buy": _side(last_bought, _up_to(volumes, bought, last_bought)) if buys or last_bought else None,
        "self_host": _side(first_hosted, _from(volumes, hosted, first_hosted))
        if hosts or first_hosted
        else None,
    }


def _sure(
    volumes: Sequence[float],
    found: Sequence[Verdict],
    *,
    buys: bool,
    hosts: bool,
    end: Crossing | None,
    start: Crossing | None,
) -> bool:
    if buys or hosts:
        return all(one == ("buy" if buys else "self_host") for one in found)
    pairs = list(zip(volumes, found, strict=True))
    below = _told(
        found[0], end, lambda low, _: {one for at, one in pairs if at < low * (1 - ROUNDING)} <= {"buy"}
    )
    above = _told(
        found[-1],
        start,
        lambda _, high: {one for at, one in pairs if at > high * (1 + ROUNDING)} <= {"self_host"},
    )
    return below and above


def _told(outer: Verdict, crossing: Crossing | None, clear: Callable[[float, float], bool]) -> bool:
    """Whether one end of the volumes is clear: beyond a closed crossing, or without one at its last volume."""
    if crossing is None:
        return outer != "cannot be told"
    return crossing.low is not None and crossing.high is not None and clear(crossing.low, crossing.high)


def _side(crossing: Crossing | None, options: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "tokens_per_month": None if crossing is None else crossing.volume,
        "ci95": None if crossing is None else [crossing.low, crossing.high],
        "options": options,
    }


def _up_to(volumes: Sequence[float], names: Sequence[str], end: Crossing | None) -> list[dict[str, Any]]:
    pairs = zip(volumes, names, strict=True)
    return _stretches([pair for pair in pairs if end is None or pair[0] <= end.volume * (1 + ROUNDING)])


def _from(volumes: Sequence[float], names: Sequence[str], start: Crossing | None) -> list[dict[str, Any]]:
    pairs = zip(volumes, names, strict=True)
    return _stretches([pair for pair in pairs if start is None or pair[0] >= start.volume * (1 - ROUNDING)])


def _stretches(pairs: list[tuple[float, str]]) -> list[dict[str, Any]]:
    """Volumes at which an option takes over from the one before."""
    return [
        {"option": name, "from_tokens_per_month": volume}
        for index, (volume, name) in enumerate(pairs)
        if index == 0 or pairs[index - 1][1] != name
    ]
