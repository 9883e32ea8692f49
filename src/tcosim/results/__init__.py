"""What a run leaves behind: the schema of its Dataset, its summary and its folder.

Knows names, dimensions, units and files; knows nothing of how a number was simulated or what it means.
"""
