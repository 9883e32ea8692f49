"""Scenes made crowded (docs/model.md, 3.7): those that `tcosim verify` runs as well."""

from tcosim.studies.verify.scenes import CROWDS, crowd

__all__ = ["CROWDS", "crowd"]
