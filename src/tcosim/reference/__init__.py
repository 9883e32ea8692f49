"""Slow twins of the kernels: one future at a time, plain Python, written to be read beside docs/model.md."""
