"""From declared distributions to drawn inputs: inverse CDFs, a Gaussian copula, scrambled Sobol points.

Knows nothing of what the inputs are used for.
"""
