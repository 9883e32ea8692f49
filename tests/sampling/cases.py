"""Distributions on which every family must keep the contract: ordinary, truncated and extreme ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from tcosim.scenario.distributions import Distribution, distribution

_OBSERVED = np.random.default_rng(0).lognormal(size=300).round(3).tolist()
_TWO_HUMPS: list[dict[str, Any]] = [
    {"weight": 7, "dist": "lognormal", "p5": 10.0, "p95": 20.0},
    {"weight": 3, "dist": "triangular", "low": 30.0, "mode": 35.0, "high": 60.0},
]

TABLES: dict[str, dict[str, dict[str, Any]]] = {
    "point": {"plain": {"value": 3.5}},
    "uniform": {
        "plain": {"low": -1.0, "high": 3.0},
        "truncated": {"low": 6.0, "high": 8.0, "low_limit": 6.5, "high_limit": 9.0},
    },
    "triangular": {
        "plain": {"low": 1.0, "mode": 2.0, "high": 5.0},
        "mode at an end": {"low": 1.0, "mode": 1.0, "high": 5.0},
        "truncated": {"low": 1.0, "mode": 2.0, "high": 5.0, "low_limit": 1.5, "high_limit": 4.9},
    },
    "pert": {
        "plain": {"low": 1.0, "mode": 2.0, "high": 5.0},
        "flat, mode at an end": {"low": 0.0, "mode": 1.0, "high": 1.0, "shape": 0.5},
        "truncated": {"low": 1.0, "mode": 2.0, "high": 5.0, "low_limit": 3.0},
    },
    "normal": {
        "plain": {"p5": 1.0, "p95": 3.0},
        "truncated": {"mean": 0.0, "sd": 1.0, "low_limit": -1.0, "high_limit": 5.0},
        "only the upper tail left": {"mean": 0.0, "sd": 1.0, "low_limit": 6.0},
        "only the lower tail left": {"mean": 0.0, "sd": 1.0, "high_limit": -6.0},
    },
    "lognormal": {
        "plain": {"p5": 10.0, "p95": 20.0},
        "wide": {"median": 1.0, "sigma": 2.0},
        "truncated": {"median": 1.0, "sigma": 1.0, "low_limit": 0.2, "high_limit": 3.0},
    },
    "beta": {
        "plain": {"alpha": 2.0, "beta": 3.0},
        "J-shaped": {"alpha": 0.5, "beta": 3.0, "low": 10.0, "high": 20.0},
        "U-shaped": {"alpha": 0.05, "beta": 0.2},
        "narrow": {"alpha": 1e5, "beta": 3e4},
        "truncated": {"alpha": 0.5, "beta": 3.0, "low_limit": 0.01, "high_limit": 0.9},
    },
    "gamma": {
        "plain": {"mean": 3.0, "sd": 2.0},
        "nearly all at 0": {"shape": 0.01, "scale": 2.0},
        "nearly normal": {"shape": 1e4, "scale": 2.0},
        "truncated": {"shape": 0.7, "scale": 2.0, "low_limit": 10.0},
    },
    "weibull": {
        "plain": {"shape": 1.5, "scale": 2.0},
        "heavy": {"shape": 0.5, "scale": 2.0},
        "truncated": {"shape": 1.5, "scale": 2.0, "low_limit": 0.5, "high_limit": 5.0},
    },
    "pareto": {
        "plain": {"minimum": 1.0, "exponent": 2.5},
        "truncated": {"minimum": 1.0, "exponent": 0.5, "low_limit": 2.0, "high_limit": 50.0},
    },
    "quantiles": {
        "plain": {"p5": 1.0, "p50": 3.0, "p95": 20.0},
        "very uneven": {"p5": 1.0, "p50": 1.1, "p95": 100.0},
        "both signs": {"p10": -5.0, "p30": -1.0, "p50": 0.0, "p99": 8.0},
        "bounded": {"p5": 1.0, "p25": 2.0, "p50": 3.0, "p95": 20.0, "minimum": 0.0, "maximum": 40.0},
        "bounded, on log scale": {"p0": 0.5, "p5": 1.0, "p50": 3.0, "p95": 20.0, "p100": 21.0},
        "truncated": {"p5": 1.0, "p50": 3.0, "p95": 20.0, "low_limit": 0.8, "high_limit": 50.0},
    },
    "empirical": {
        "plain": {"values": _OBSERVED},
        "two": {"values": [1.0, 2.0]},
        "weighted, repeated": {"values": [3.0, 1.0, 2.0, 3.0, 9.0], "weights": [1.0, 5.0, 0.0, 1e-4, 2.0]},
        "truncated": {"values": _OBSERVED, "low_limit": 1.0, "high_limit": 3.0},
    },
    "mixture": {
        "two humps, no gap": {"components": _TWO_HUMPS},
        "a gap, and an end of infinite density": {
            "components": [
                {"weight": 0.7, "dist": "pert", "low": 0.0, "mode": 0.5, "high": 1.0},
                {"weight": 0.3, "dist": "beta", "alpha": 0.1, "beta": 0.1, "low": 2.0, "high": 3.0},
            ]
        },
        "an atom and a heavy tail": {
            "components": [
                {"weight": 0.5, "dist": "gamma", "shape": 3.0, "scale": 2.0},
                {"weight": 0.2, "dist": "point", "value": 0.0},
                {"weight": 0.3, "dist": "pareto", "minimum": 5.0, "exponent": 1.5},
            ]
        },
        "mostly one value": {
            "components": [
                {"weight": 0.999, "dist": "point", "value": 2.0},
                {"weight": 0.001, "dist": "uniform", "low": 1.0, "high": 3.0},
            ]
        },
        "a deep valley between two humps": {
            "components": [
                {"weight": 3.7, "dist": "gamma", "shape": 31.0, "scale": 8.0},
                {"weight": 1.0, "dist": "pareto", "minimum": 30.0, "exponent": 4.0},
            ]
        },
        "atoms only": {
            "components": [
                {"weight": 1, "dist": "point", "value": 2.0},
                {"weight": 1, "dist": "empirical", "values": [1.0, 2.0, 4.0]},
            ]
        },
        "truncated": {"components": _TWO_HUMPS, "low_limit": 12.0, "high_limit": 50.0},
        "truncated to one component": {"components": _TWO_HUMPS, "low_limit": 1.0, "high_limit": 5.0},
        "truncated component": {
            "components": [
                {"weight": 1, "dist": "normal", "mean": 0.0, "sd": 1.0, "low_limit": 0.5},
                {"weight": 1, "dist": "normal", "mean": 0.0, "sd": 1.0, "high_limit": -0.5},
            ]
        },
    },
}

CASES: dict[str, Distribution] = {
    f"{family}: {label}": distribution({"dist": family, **table})
    for family, cases in TABLES.items()
    for label, table in cases.items()
}
