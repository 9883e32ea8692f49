"""Compiled code against the slow twins that ship with it (tcosim.reference): two programs, one answer.

Knows only which files hold the checks.
"""

from tcosim.studies.verify.check import Group
from tcosim.studies.verify.twins_futures import CHECKS as FUTURES
from tcosim.studies.verify.twins_hours import CHECKS as HOURS
from tcosim.studies.verify.twins_months import CHECKS as MONTHS
from tcosim.studies.verify.twins_sampling import CHECKS as SAMPLING

GROUP = Group("twins", "Compiled code against plain code", (*SAMPLING, *HOURS, *MONTHS, *FUTURES))
