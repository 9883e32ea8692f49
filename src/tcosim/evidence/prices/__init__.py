"""Dated prices into distributions of how they move, and forecasts held against what came."""
