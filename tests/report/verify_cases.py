"""A small validation pack with every kind of check, made up."""

from __future__ import annotations

from typing import Any

BLANK = {"tolerance": None, "tolerance_from": "", "unit": "", "rival": None, "rival_is": ""}


def check(group: str, name: str, verdict: str = "holds", **others: Any) -> dict[str, Any]:
    """One check as `tcosim.studies.verify.verify` gives it."""
    about = {"group": group, "name": name, "proves": f"The {name} is right.", "source": "a table"}
    return {**about, "expected": None, "got": None, **BLANK, "verdict": verdict, **others}


ESTIMATE = check(
    "closed-forms", "overflow", expected=0.0708813, got=0.0709635, tolerance=0.00176,
    tolerance_from="4 standard errors", unit="tokens/hour", rival=0.0795, rival_is="bursts a twentieth larger",
)  # fmt: skip
DIGITS = check(
    "published",
    "student-t",
    expected=2.131,
    got=2.1314495,
    tolerance=0.0005,
    tolerance_from="digits stated",
    unit="1",
)
SMALL = check(
    "twins", "ledger", expected=0.0, got=3.36e-7, tolerance=5.7e-6, unit="of the cost",
    tolerance_from="4 x rounding of float32",
)  # fmt: skip
DIGEST = check(
    "invariants", "two-threads", expected="5b6f859c68e6686e949baf8ce88ee92e", tolerance_from="exact",
    got="5b6f859c68e6686e949baf8ce88ee92e", unit="BLAKE2b of the bytes",
)  # fmt: skip
NOTE = check("installation", "processor", "noted", got="AMD EPYC <b>", unit="processor")
BROKEN = check("invariants", "folder", "fails", got="OSError: no <space> left")
CHECKS = [ESTIMATE, DIGITS, SMALL, DIGEST, NOTE]


def pack(*checks: dict[str, Any]) -> dict[str, Any]:
    """The whole content."""
    verdicts = [one["verdict"] for one in checks]
    return {
        "tcosim_version": "1.2.3", "seed": 0, "python": "CPython 3.12.1", "platform": "Linux", "processor": "a <chip>",
        "fingerprint": "ab" * 16, "groups": [{"name": name, "title": f"On {name}"} for name in
        dict.fromkeys(one["group"] for one in checks)], "checks": list(checks),
        "passed": verdicts.count("holds"), "failed": verdicts.count("fails"), "noted": verdicts.count("noted"),
    }  # fmt: skip
