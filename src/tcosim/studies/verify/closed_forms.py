"""Cases whose answer is known by hand or by formula (docs/model.md, 6).

Knows only which files hold the checks.
"""

from tcosim.studies.verify.check import Group
from tcosim.studies.verify.closed_decision import CHECKS as DECISION
from tcosim.studies.verify.closed_hours import CHECKS as HOURS
from tcosim.studies.verify.closed_ledger import CHECKS as LEDGER
from tcosim.studies.verify.closed_months import CHECKS as MONTHS
from tcosim.studies.verify.closed_sampling import CHECKS as SAMPLING

GROUP = Group(
    "closed-forms", "Cases whose answer is known by hand", (*LEDGER, *MONTHS, *HOURS, *SAMPLING, *DECISION)
)
