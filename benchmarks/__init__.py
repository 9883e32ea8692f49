"""How fast tcosim is, against a NumPy yardstick and against itself."""
