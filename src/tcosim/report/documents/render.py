"""Reports of a run folder as files: which formats there are, and what each is made of.

Knows the run folder and the documents; writes nothing itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tcosim.errors import InputError, Problem
from tcosim.report.content.build import build_page
from tcosim.report.content.page import Page
from tcosim.report.content.series import Series, series
from tcosim.results.folder import Run, open_run
from tcosim.results.summary import summary_schema, to_json

FORMATS = ("html", "pdf", "md", "json", "png")
DEFAULT_FORMATS = ("html", "pdf")
STEM = "report"
UNLIKE_THEIR_SCHEMA = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    StopIteration,
    TypeError,
    ValueError,
)
"""What reading a file that is not what its schema says can end in."""


@dataclass(frozen=True)
class Rendered:
    """Files of a report.

    Attributes
    ----------
    files : dict of str to bytes
        By file name: ``report.html`` and so on.
    warnings : list of str
        What the reader of a file would miss.
    """

    files: dict[str, bytes]
    warnings: list[str]


def render(path: Path | str, formats: Iterable[str] = DEFAULT_FORMATS) -> Rendered:
    """Make reports from a run folder alone.

    Parameters
    ----------
    path : Path or str
        A run folder.
    formats : iterable of {"html", "pdf", "md", "json", "png"}
        The page, the sheet for the board, the page as Markdown and as data, and the sheet as a picture.

    Raises
    ------
    InputError
        If a format is none of these, or the folder is no run folder, damaged, or of a newer version.
    """
    asked = check_formats(formats)
    run = open_run(path)
    if lacking := [key for key in summary_schema()["required"] if key not in run.summary]:
        raise _damaged(path, f"summary.json lacks {', '.join(lacking)}")
    files, warnings = {}, []
    try:
        with run.dataset() as dataset:
            arrays = series(dataset, run.summary)
        page = build_page(run, arrays)
        for name in asked:
            content, told = _file(name, run, page, arrays)
            files[f"{STEM}.{name}"] = content
            warnings += [one for one in told if one not in warnings]
    except UNLIKE_THEIR_SCHEMA as error:  # checksums may be made anew, and so may fit what nobody simulated
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        raise _damaged(path, f"result.nc or summary.json is not what its schema says ({what})") from error
    return Rendered(files, warnings)


def _damaged(path: Path | str, what: str) -> InputError:
    return InputError(
        Problem("run", f"must be whole: {what}", str(path), "run the scenario again, same seed, same result")
    )


def check_formats(formats: Iterable[str]) -> tuple[str, ...]:
    """Formats in their own order, each once.

    Raises
    ------
    InputError
        If there is none, or one that is unknown.
    """
    asked = list(formats)
    rule = f"must be one or more of {', '.join(FORMATS)}"
    problems = [
        Problem("--format", rule, one or "nothing", "write them like html,pdf")
        for one in asked
        if one not in FORMATS
    ]
    if problems or not asked:
        raise InputError(problems or [Problem("--format", rule, "nothing", "write them like html,pdf")])
    return tuple(name for name in FORMATS if name in asked)


def _file(name: str, run: Run, page: Page, arrays: Series) -> tuple[bytes, list[str]]:
    if name == "html":
        from tcosim.report.documents.html import page_html
        from tcosim.report.documents.pictures import draw

        return page_html(page, draw(run.summary, arrays)).encode(), []
    if name == "md":
        from tcosim.report.documents.markdown import markdown

        return markdown(page).encode(), []
    if name == "json":
        from tcosim.report.documents.as_data import page_data

        return to_json(page_data(page)).encode(), []
    return _sheet(name, run, page, arrays)


def _sheet(name: str, run: Run, page: Page, arrays: Series) -> tuple[bytes, list[str]]:
    """The sheet for the board, as PDF or as a picture."""
    from tcosim.report.charts.chance import chance_chart
    from tcosim.report.charts.look import PAPER
    from tcosim.report.charts.picture import svg
    from tcosim.report.charts.saving import saving_chart
    from tcosim.report.documents.board import board_png, board_sheet
    from tcosim.report.words import findings
    from tcosim.report.words.planned import curve_with_run

    summary = run.summary
    curve = curve_with_run(summary)
    charts = chance_chart(curve, PAPER), saving_chart(arrays.savings, summary, PAPER)
    chance, saving = (None if chart is None else svg(chart) for chart in charts)
    if name == "png":
        return board_png(page, chance, saving), []
    sheet = board_sheet(
        page,
        chance,
        saving,
        chance_alt=findings.chance_finding(curve),
        saving_alt=findings.saving_finding(arrays.savings, summary),
    )
    return sheet.content, list(sheet.warnings)
