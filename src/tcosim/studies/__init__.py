"""Questions that take several simulations: the curve over volumes, drivers, a stated precision, two runs compared.

Knows the engine and the analysis; prints nothing.
"""
