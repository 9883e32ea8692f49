"""Published tables, test vectors and worked examples.

Knows only which files hold the checks.
"""

from tcosim.studies.verify.check import Group
from tcosim.studies.verify.published_examples import CHECKS as EXAMPLES
from tcosim.studies.verify.published_library import CHECKS as LIBRARY
from tcosim.studies.verify.published_tables import CHECKS as TABLES

GROUP = Group("published", "Published tables and figures", (*TABLES, *LIBRARY, *EXAMPLES))
