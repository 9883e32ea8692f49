"""Logs and catalogues into distributions: what was measured, and how far it can be trusted.

Knows nothing of how a run is made or shown.
"""
