"""The validation pack: what an auditor can have checked on an installation, group by group.

Computes expected and got; what the checks say in words on a page is for `tcosim.report`.
"""

from tcosim.studies.verify.check import Check
from tcosim.studies.verify.run import GROUPS, verify

__all__ = ["GROUPS", "Check", "verify"]
