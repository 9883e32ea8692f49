"""How large what is read may be: far above any real scenario, log or run, far below what would stall or fill a machine.

Numbers only; who reads what, and what a refusal says, is known to the readers.
"""

from __future__ import annotations

SCENARIO_BYTES = 1_000_000
"""Of a scenario, and of a file that it includes; a resolved one with fifty options has half of it."""
CLAIMS_BYTES = 4_000_000
VALUES_BYTES = 4_000_000
"""Of a CSV file of observed values, of which at most 5000 are taken."""
PRICES_BYTES = 64_000_000
SUMMARY_BYTES = 8_000_000
ASSUMPTIONS_BYTES = 32_000_000
CHECKSUMS_BYTES = 64_000
RESULT_BYTES = 16_000_000_000
"""Of the arrays of a run: a million futures of fifty options and three thousand inputs."""

DEEPEST = 16
"""Tables and lists within each other; the formats need seven."""
LONGEST_KEY = 200
LONGEST_INTEGER_BITS = 2_048
"""Whole numbers up to twice the digits of the largest float."""
MOST_ENTRIES = 100_000
"""Keys and list entries of a TOML text, all together."""

MOST_OPTIONS = 50
MOST_ROUTES = 50
MOST_CORRELATIONS = 1_000
MOST_CORRELATED = 100
"""Inputs of one [[correlation]]."""
MOST_INCLUDES = 20
MOST_COMPONENTS = 100
MOST_PROBLEMS = 200
"""Told at once; the first ones are to be mended before the rest is worth reading."""
MOST_KNOWN = 2_000
"""Names among which the closest to a misspelled one is looked for."""

MOST_SERIES = 5_000
"""Of a price file."""
MOST_COLUMNS = 1_000
"""Of a log, and fields of its JSON records."""

MOST_VARIABLES = 200
"""Of the arrays of a run."""
MOST_TEXTS = 20_000
TEXT_BYTES = 16_000_000
"""Of all texts in the arrays of a run: names of options and inputs, reasons of gates."""
ATTRIBUTE_BYTES = 32_000
