"""Results into words, tables and charts.

Never runs a simulation and never draws a number: everything shown comes from a summary or a Dataset.
"""
