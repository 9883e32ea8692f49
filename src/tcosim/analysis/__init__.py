"""From one Dataset to what a board asks: probability, risk, cost per token, value.

Knows the Dataset of a run; knows nothing of scenarios, of simulating, of files or of words.
"""
