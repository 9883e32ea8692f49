"""Scenes with hours in which nothing comes (docs/model.md, 2.4): those that `tcosim verify` runs as well."""

from tcosim.studies.verify.scene_runs import stretched
from tcosim.studies.verify.scenes import silence

__all__ = ["silence", "stretched"]
