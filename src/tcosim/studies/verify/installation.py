"""What is installed here: versions, files, processor, and a fingerprint to compare machines by.

Knows packages and files; simulates nothing but the fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import platform
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import tcosim
from tcosim._version import __version__
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Group, Outcome
from tcosim.studies.verify.machine import processor_name

if TYPE_CHECKING:
    from packaging.requirements import Requirement

    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
PACKAGE = "tcosim"
FROM_SOURCES = "not installed as a package: nothing states its bounds"
ALTERED = 5
"""At most so many names are told of many."""


def _installed() -> metadata.Distribution | None:
    """The installed package; None where tcosim runs from its sources alone."""
    try:
        return metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return None


@CHECKS.check(
    "version", "The code that runs is of the version that is installed.", "the package's own metadata"
)
def version(setting: Setting) -> Outcome:
    installed = _installed()
    if installed is None:
        return outcomes.noted(f"{__version__}, {FROM_SOURCES}", "version")
    return outcomes.same(installed.version, __version__, "version")


@CHECKS.check("python", "Python is recent enough.", "the package's own metadata")
def python(setting: Setting) -> Outcome:
    found = f"{platform.python_implementation()} {platform.python_version()}"
    installed = _installed()
    needed = installed.metadata["Requires-Python"] if installed is not None else None
    if not needed:
        return outcomes.noted(found, "version")
    from packaging.specifiers import SpecifierSet

    fits = SpecifierSet(needed).contains(platform.python_version(), prereleases=True)
    return outcomes.fits(needed, found, fits, "version")


def _requirements(installed: metadata.Distribution) -> Iterator[Requirement]:
    """What must be there besides; extras are not asked for."""
    from packaging.requirements import Requirement

    for line in installed.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


@CHECKS.check(
    "dependencies",
    "Every package that it builds on is there, in a version within the stated bounds.",
    "the package's own metadata",
)
def dependencies(setting: Setting) -> Outcome:
    installed = _installed()
    if installed is None:
        return outcomes.noted(FROM_SOURCES, "packages")
    needed, wrong = list(_requirements(installed)), []
    for requirement in needed:
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} {found} is not {requirement.specifier}")
    expected = f"{len(needed)} within bounds"
    return outcomes.same(expected, _told(wrong) or expected, "packages")


@CHECKS.check(
    "files",
    "What runs is what was installed: no file of it, library of distributions included, was altered or added since.",
    "hashes in the package's RECORD (PEP 376)",
)
def files(setting: Setting) -> Outcome:
    installed = _installed()
    listed = [] if installed is None else installed.files or []
    own = [(one, one.hash) for one in listed if one.hash is not None and one.parts[:1] == (PACKAGE,)]
    if not own:
        return outcomes.noted("runs from its sources: no list of files was made", "files")
    running = _running()
    places = {Path(str(one.locate())).resolve() for one, _ in own}
    if running / "__init__.py" not in places:
        return outcomes.same(f"{len(own)} as installed", f"what runs is another copy: {running}", "files")
    wrong = [
        f"{one.relative_to(running.parent)} was added"
        for one in sorted(running.rglob("*"))
        if one.suffix in (".py", ".so", ".toml", ".csv", ".json") and one not in places
    ]
    for one, stated in own:
        try:
            content = Path(str(one.locate())).read_bytes()
        except OSError:
            wrong.append(f"{one} is missing")
            continue
        digest = hashlib.new(stated.mode, content).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != stated.value:
            wrong.append(f"{one} was altered")
    expected = f"{len(own)} as installed"
    return outcomes.same(expected, _told(wrong) or expected, "files")


def _running() -> Path:
    """Folder of the package that this process runs."""
    return Path(tcosim.__file__).resolve().parent


def _told(wrong: list[str]) -> str:
    """What is wrong, cut short."""
    more = len(wrong) - ALTERED
    return ", ".join([*wrong[:ALTERED], *([f"{more} more"] if more > 0 else [])])


@CHECKS.check(
    "library",
    "The distributions that ship with the package: the hash that every run writes down.",
    "SHA-256 of distributions/*.toml",
)
def library(setting: Setting) -> Outcome:
    from tcosim.scenario.library import default_library

    return outcomes.noted(default_library().sha256, "SHA-256")


VERSIONS = ("numpy", "scipy", "numba", "llvmlite", "xarray", "h5netcdf", "pydantic")
"""Packages whose version figures may depend on."""


@CHECKS.check("versions", "The versions that figures may depend on.", "installed packages")
def versions(setting: Setting) -> Outcome:
    return outcomes.noted(", ".join(f"{name} {metadata.version(name)}" for name in VERSIONS), "versions")


@CHECKS.check(
    "processor", "The processor, and the kind that kernels are compiled for.", "the system and LLVM"
)
def processor(setting: Setting) -> Outcome:
    return outcomes.noted(f"{processor_name()}; {sys.byteorder} endian", "processor")


@CHECKS.check(
    "fingerprint",
    "Machines that show the same fingerprint give the same bytes; it does not depend on --seed or --threads.",
    "BLAKE2b of 256 futures of the shipped default scenario, seed 0",
)
def fingerprint_of_results(setting: Setting) -> Outcome:
    from tcosim.studies.fingerprint import fingerprint

    return outcomes.noted(fingerprint(), "BLAKE2b")


GROUP = Group("installation", "This installation", tuple(CHECKS))
