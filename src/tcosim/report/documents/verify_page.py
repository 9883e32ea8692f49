"""The validation pack as a page for an auditor: one HTML file, what each check proves in one sentence.

From the content of `tcosim.studies.verify.verify`; no network, no script, no clock.
"""

from __future__ import annotations

from typing import Any

from tcosim.report.documents.shell import content_hash, environment, page_style
from tcosim.report.words import verify as words

TEMPLATE = "verify.html.j2"


def verify_page(found: dict[str, Any], command: str) -> str:
    """Return the page.

    Parameters
    ----------
    found : dict
        From `tcosim.studies.verify.verify`.
    command : str
        That gives the same content again.

    Returns
    -------
    str
        The same content gives the same bytes. Its Content-Security-Policy allows its own style and nothing else.
    """
    style = page_style("page.css", "verify.css")
    policy = f"default-src 'none'; style-src '{content_hash(style)}'; base-uri 'none'; form-action 'none'"
    groups = [
        (group, [check for check in found["checks"] if check["group"] == group["name"]])
        for group in found["groups"]
    ]
    return environment(TEMPLATE).get_template(TEMPLATE).render(
        found=found,
        groups=groups,
        failures=words.failures(found),
        summary=words.summary(found),
        words=words,
        style=style,
        policy=policy,
        command=command,
    )  # fmt: skip
