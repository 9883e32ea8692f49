"""What must hold whatever the inputs are: bytes, sums, order, replay, files.

Knows only which files hold the checks.
"""

from tcosim.studies.verify.check import Group
from tcosim.studies.verify.invariants_money import CHECKS as MONEY
from tcosim.studies.verify.invariants_run import CHECKS as RUN

GROUP = Group("invariants", "What must hold whatever the inputs", (*RUN, *MONEY))
