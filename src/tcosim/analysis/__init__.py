"""From one Dataset to what a board asks: probability, risk, cost per token, value.

Knows the Dataset of a run; knows nothing of scenarios, of simulating, of files or of words.
"""

from __future__ import annotations

from tcosim.analysis.summarize import summarize

__all__ = ["summarize"]
