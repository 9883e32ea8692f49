"""What a log shows in numbers: statistics that tell the parameters of docs/model.md, 2, apart (docs/evidence.md, T3).

Many series at once, a log and its simulated counterparts alike; knows nothing of parameters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tcosim.evidence.traffic.calendar import HOURS_PER_DAY, Calendar
from tcosim.evidence.traffic.profile import FAINTEST, weekly_profile
from tcosim.units import HOURS_PER_MONTH

Floats = NDArray[Any]
Floats32 = NDArray[np.float32]

DAYS_PER_YEAR = 12 * HOURS_PER_MONTH / HOURS_PER_DAY
BUSY = 0.5
"""Jumps and peaks are looked for in hours expected above this share of the mean."""
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.997)
HOUR_LAGS = (1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 72, 120)
DAY_LAGS = (1, 2, 3, 5, 7)
WITHIN_LAGS = (1, 2, 3, 5, 8)
JUMP_SHARES = (0.003, 0.01, 0.05, 0.95, 0.99, 0.997)
RANKS = (1, 4, 10)
AFTER_JUMP = (1, 2, 4, 8)
AROUND_PEAK = (-2, -1, 1, 2, 4)
REACH = 9
"""Hours at either end in which no jump or peak is looked for, so that what is around it can be."""
FEW, SHARE_OF_HOURS, AT_LEAST = 3, 100, 5
_SMALL = 0.02
_TINY = 1e-9


@dataclass(frozen=True)
class Shown:
    """What some series show.

    Attributes
    ----------
    statistics : ndarray, shape (n, k)
        Named by `names`; finite.
    names : tuple of str
    mean : ndarray, shape (n,)
        Traffic an hour.
    peak_over_mean, p99_over_mean, silent_share : ndarray, shape (n,)
    residual_cv : ndarray, shape (n,)
        Coefficient of variation of traffic over what its profile expects, hours weighted by that: quiet hours, which
        decide neither a bill nor a fleet, count little.
    lag_1, lag_24 : ndarray, shape (n,)
        Autocorrelation of the same, weighted alike.
    """

    statistics: Floats
    names: tuple[str, ...]
    mean: Floats
    peak_over_mean: Floats
    p99_over_mean: Floats
    silent_share: Floats
    residual_cv: Floats
    lag_1: Floats
    lag_24: Floats


class Summarizer:
    """Turns series over the same hours into statistics.

    Parameters
    ----------
    calendar : Calendar
    shape : ndarray of shape (168,), or None
        A stated weekly shape, to which residuals refer as far as it is followed; None to fit one to each series.
    """

    def __init__(self, calendar: Calendar, shape: Floats | None = None) -> None:
        self.calendar = calendar
        self._shape = shape

    def __call__(self, series: Floats32) -> Shown:
        """Summarize series of shape (n, hours); what stands in gaps is not looked at."""
        return _Summary(series, self.calendar, self._shape).shown()


class _Summary:
    def __init__(self, series: Floats32, calendar: Calendar, shape: Floats | None) -> None:
        self._calendar, self._collected = calendar, calendar.collected
        self._names: list[str] = []
        self._columns: list[Floats] = []
        x = np.where(self._collected, series, np.float32(0.0)).astype(np.float32)
        self._mean = np.maximum(x.sum(axis=1) / calendar.collected_hours, _TINY)
        self._relative = x / self._mean[:, None]
        profile = self._profile(x, shape)
        self._expected = profile[:, calendar.hour_of_week] * self._collected
        residual = np.where(self._collected, self._relative / np.maximum(self._expected, FAINTEST), 0.0)
        residual /= np.maximum(residual.sum(axis=1) / calendar.collected_hours, _TINY)[:, None]
        self._residual = residual.astype(np.float32)
        self._weight = np.maximum(self._expected, 0.0)
        self._weight /= np.maximum(self._weight.sum(axis=1, keepdims=True), _TINY)
        self._root = np.sqrt(self._weight)
        self._busy = (self._expected >= BUSY) & self._collected

    def _profile(self, x: Floats32, shape: Floats | None) -> Floats32:
        fitted = weekly_profile(x, self._calendar)
        if shape is None:
            return fitted
        swing = shape - 1.0
        size = max(float(swing @ swing), _TINY)
        followed = (fitted - 1.0) @ swing / size
        self._add("following", followed)
        by_hour = swing[self._calendar.hour_of_week] * self._collected
        raw = (self._relative - 1.0) @ by_hour / max(float(by_hour @ by_hour), _TINY)
        self._add("following_by_hour", raw)
        return (1.0 + np.clip(followed, 0.0, 1.0)[:, None] * swing).astype(np.float32)

    def shown(self) -> Shown:
        cv, lags = self._sizes()
        self._distribution()
        self._memory()
        self._jumps()
        self._trend()
        peak = self._relative.max(axis=1)
        p99 = np.quantile(self._relative[:, self._collected], 0.99, axis=1)
        self._add("peak", np.log(np.maximum(peak, _SMALL)))
        self._add("p99", np.log(np.maximum(p99, _SMALL)))
        statistics = np.nan_to_num(np.stack(self._columns, axis=1), nan=0.0, posinf=20.0, neginf=-20.0)
        silent = (self._relative[:, self._collected] <= 0.0).mean(axis=1)
        return Shown(
            statistics, tuple(self._names), self._mean, peak, p99, silent, cv, lags.get(1, cv * 0.0),
            lags.get(HOURS_PER_DAY, cv * 0.0),
        )  # fmt: skip

    def _add(self, name: str, values: Floats) -> None:
        self._names.append(name)
        self._columns.append(np.asarray(values, dtype=np.float64))

    def _sizes(self) -> tuple[Floats, dict[int, Floats]]:
        mean = (self._weight * self._residual).sum(axis=1)
        moved = self._root * (self._residual - mean[:, None])
        variance = np.maximum(np.square(moved).sum(axis=1), _TINY)
        cv = np.sqrt(variance) / np.maximum(mean, _TINY)
        self._add("cv", np.log(cv + _TINY))
        self._add("silent", np.sqrt((self._weight * (self._residual <= 0.0)).sum(axis=1)))
        lags = {
            lag: self._lagged(moved, lag) / variance
            for lag in (1, 2, HOURS_PER_DAY)
            if lag < self._calendar.hours // 3
        }
        for lag, correlation in lags.items():
            self._add(f"residual_lag_{lag}", correlation)
        return cv, lags

    def _lagged(self, moved: Floats, lag: int) -> Floats:
        """Covariance over a lag of values that carry the root of their weight."""
        pairs = (self._root[:, lag:] * self._root[:, :-lag]).sum(axis=1)
        return np.asarray((moved[:, lag:] * moved[:, :-lag]).sum(axis=1) / np.maximum(pairs, _TINY))

    def _distribution(self) -> None:
        order = np.argsort(self._residual, axis=1)
        ordered = np.take_along_axis(self._residual, order, axis=1)
        below = np.cumsum(np.take_along_axis(self._weight, order, axis=1), axis=1)
        rows = np.arange(len(ordered))
        for share in SHARES:
            at = np.minimum((below < share).sum(axis=1), ordered.shape[1] - 1)
            self._add(f"q{share}", np.log(ordered[rows, at] + _SMALL))
        busiest = np.sort(np.where(self._busy, self._residual, 0.0), axis=1)
        for rank in RANKS:
            self._add(f"highest_{rank}", np.log(busiest[:, -rank] + _SMALL))

    def _memory(self) -> None:
        """Correlations of the cube root, which is near normal for gammas and tame for lognormals."""
        root = np.cbrt(self._residual)
        root -= (self._weight * root).sum(axis=1, keepdims=True)
        variance = (self._weight * np.square(root)).sum(axis=1)
        self._add("root_variance", np.log(variance + 1e-6))
        moved = self._root * root
        for lag in HOUR_LAGS:
            if lag < self._calendar.hours // 3:
                self._add(f"lag_{lag}", self._lagged(moved, lag) / (variance + _TINY))
        days = self._calendar.of_day
        weight = np.maximum(self._weight @ days.members, _TINY)
        of_day = (self._weight * root) @ days.members / weight
        whole = of_day[:, self._calendar.whole_days]
        self._day_roots = whole
        between = whole.var(axis=1)
        self._add("between_days", np.log(between / (variance + _TINY) + 1e-3))
        centered = whole - whole.mean(axis=1, keepdims=True)
        n_days = whole.shape[1]
        for lag in DAY_LAGS:
            if n_days > lag + 2:
                covariance = (centered[:, lag:] * centered[:, :-lag]).sum(axis=1) / (n_days - lag)
                self._add(f"day_lag_{lag}", covariance / (between + _TINY))
        inner = self._root * (root - of_day[:, self._calendar.day]) * self._collected
        within = np.square(inner).sum(axis=1)
        for lag in WITHIN_LAGS:
            self._add(f"within_lag_{lag}", (inner[:, lag:] * inner[:, :-lag]).sum(axis=1) / (within + _TINY))

    def _jumps(self) -> None:
        """Steps of the log from hour to hour, and what follows the largest: spikes rise at once and fade."""
        logs = np.log(self._residual + _SMALL)
        steps = np.where(self._busy[:, 1:] & self._busy[:, :-1], np.diff(logs, axis=1), 0.0)
        ordered = np.sort(steps, axis=1)
        for share in JUMP_SHARES:
            self._add(f"step_q{share}", ordered[:, int(share * (ordered.shape[1] - 1))])
        self._add("step_largest", ordered[:, -1])
        self._add("step_smallest", ordered[:, 0])
        self._add("step_sd", np.log(steps.std(axis=1) + 1e-6))
        rows = np.arange(len(logs))[:, None]
        for count in (FEW, max(AT_LEAST, self._calendar.hours // SHARE_OF_HOURS)):
            top = np.argpartition(steps[:, 1:-REACH], -count, axis=1)[:, -count:] + 1
            raised = logs[rows, top + 1]
            self._add(f"jump_{count}", (raised - logs[rows, top]).mean(axis=1))
            for after in AFTER_JUMP:
                self._add(f"jump_{count}_after_{after}", (logs[rows, top + 1 + after] - raised).mean(axis=1))
            busy = np.where(self._busy, logs, np.log(_SMALL) * 2)[:, REACH:-REACH]
            top = np.argpartition(busy, -count, axis=1)[:, -count:] + REACH
            peak = logs[rows, top]
            for around in AROUND_PEAK:
                self._add(f"peak_{count}_at_{around}", (logs[rows, top + around] - peak).mean(axis=1))

    def _trend(self) -> None:
        whole = self._calendar.whole_days
        time = np.flatnonzero(whole).astype(np.float64)
        time -= time.mean()
        square = max(float(time @ time), _TINY)
        by_day = self._calendar.of_day.mean(self._residual)[:, whole]
        self._add("trend", by_day @ time / square * DAYS_PER_YEAR)
        self._add("root_trend", self._day_roots @ time / square * DAYS_PER_YEAR)
        third = max(1, len(time) // 3)
        ends = [by_day[:, part].mean(axis=1) + _SMALL for part in (slice(-third, None), slice(third))]
        self._add("last_over_first_third", np.log(ends[0] / ends[1]))
