"""Random parameters for the kernels: those that `tcosim verify` runs as well."""

from tcosim.studies.verify.scene_runs import pack, pack_policies, run_kernels, run_trace, run_twin, run_week
from tcosim.studies.verify.scenes import FLEET_KINDS, scene

__all__ = [
    "FLEET_KINDS", "pack", "pack_policies", "run_kernels", "run_trace", "run_twin", "run_week", "scene",
]  # fmt: skip
