"""From a scenario to a Dataset: pack, simulate block by block on threads, gather; and one future replayed.

The one place where names and units become arrays. Knows nothing of what is asked of the Dataset afterwards.
"""

from tcosim.engine.replay import Replay, replay
from tcosim.engine.run import simulate

__all__ = ["Replay", "replay", "simulate"]
