"""The version of the package, at the bottom of the house so that every layer can state it."""

__version__ = "0.1.0"
