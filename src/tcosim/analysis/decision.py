"""What a curve over volumes advises: below which volume to buy, above which to self-host.

Knows crossings and names; knows no Dataset and no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tcosim.analysis.crossing import Crossing, Level

UNLIKELY, LIKELY = 0.1, 0.9
"""Up to the one, self-hosting is dismissed; from the other on, it is taken for safe."""
ROUNDING = 1e-9
"""A crossing at the very volume that was simulated may come out beside it by this share."""


def decide(
    volumes: Sequence[float], unlikely: Level, likely: Level, bought: Sequence[str], hosted: Sequence[str]
) -> dict[str, Any]:
    """Say what to choose at which volumes.

    Parameters
    ----------
    volumes : sequence of float, shape (v,)
        Increasing [token/month].
    unlikely, likely : Level
        Of the probability of the self-hosted option that is best at each volume, at `UNLIKELY` and at `LIKELY`.
    bought, hosted : sequence of str, shape (v,)
        At each volume the cheapest option in expectation of those that are not self-hosted, and of those that are.

    Returns
    -------
    dict
        ``case``: ``"switch"``: buy below a volume, self-host above another. ``"never"``: buy at all volumes.
        ``"always"``: self-host at all volumes. ``"buy_or_bet"`` and ``"bet_or_self_host"``: only one of the two
        volumes exists. ``"bet"``: neither does. ``buy`` and ``self_host``: None, or the volume where they end and
        begin (None: all volumes), its interval, and the options in question with the volume from which they are it.
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
        "buy": _side(last_bought, _up_to(volumes, bought, last_bought)) if buys or last_bought else None,
        "self_host": _side(first_hosted, _from(volumes, hosted, first_hosted))
        if hosts or first_hosted
        else None,
    }


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
