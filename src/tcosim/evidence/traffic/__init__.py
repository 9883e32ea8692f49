"""Hourly traffic of a log into the traffic part of a scenario, each figure as a distribution."""
