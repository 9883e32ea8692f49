"""Figures into sentences and text: the one place for words and roundings.

Knows results as plain data; knows nothing of how anything looks.
"""
