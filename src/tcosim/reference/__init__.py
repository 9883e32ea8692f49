"""Slow twins of the fast code: one future at a time, plain Python, written to be read beside docs/model.md.

They ship with the package, so that `tcosim verify` can hold the compiled kernels against them on any machine; they
import nothing that they are the twin of.
"""
