"""Scenarios: frozen declarations, the library of distributions, loading and writing.

Knows what may be stated and whether it holds together; knows nothing of drawing numbers or of simulating.
"""
