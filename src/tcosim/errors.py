"""The errors a user can cause or meet: what is wrong, where, by which rule, and the way out.

Knows nothing of scenarios or simulations; every layer raises these and only the command line prints them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class TcosimError(Exception):
    """Something failed that is not a programming error; the command line prints it and exits with 1."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input.

    Parameters
    ----------
    field : str
        Dotted path of the field, as the user would write it, for example ``option.rented.pue``.
    rule : str
        What must hold.
    value : object, optional
        What was given instead; ``None`` when nothing was given.
    way_out : str, optional
        What to write or do instead.
    place : str, optional
        File and line, where known.
    """

    field: str
    rule: str
    value: object = None
    way_out: str = ""
    place: str = ""

    def __str__(self) -> str:
        parts = [f"{self.field}: {self.rule}"]
        if self.value is not None:
            shown = self.value if isinstance(self.value, str) else repr(self.value)
            parts.append(f"got {shown if len(shown) <= 120 else shown[:117] + '...'}")
        text = ", ".join(parts)
        if self.way_out:
            text += f"; {self.way_out}"
        return one_line(f"{self.place}: {text}" if self.place else text)


def one_line(text: str) -> str:
    """Write what a file or a name says so that it stays on one line and steers no terminal: ``\\n``, ``\\x1b``."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


class InputError(TcosimError):
    """Wrong input; all problems found are carried at once. The command line exits with 2.

    Parameters
    ----------
    problems : Problem or iterable of Problem
        What is wrong; at least one.
    """

    def __init__(self, problems: Problem | Iterable[Problem]):
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        if not self.problems:
            raise ValueError("an InputError needs at least one problem")
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Come back whole from another process."""
        return type(self), (self.problems,)


class Cancelled(TcosimError):
    """The run was stopped on request."""
