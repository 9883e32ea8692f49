"""The board's sheet: one A4 page as a PDF, or as a picture of it.

Knows the content of a page and typst, which sets it; names and sentences reach typst as data only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from tcosim.report.charts.labels import clean
from tcosim.report.content.page import Page
from tcosim.report.content.run import NOTHING

TEMPLATE = "board.typ"
STANDARD = "ua-1"
"""PDF/UA-1, which readers for the blind rely on: tags, a title, a language, a text for every picture."""
PNG_PPI = 150
NO_GLYPH = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
MOST_NAMED = 12
PANIC = "PanicException"
"""What typst ends with on a fault of its own; it is no `Exception`, and no module names it."""
NOT_PLAIN = re.compile(r"[^\u0020-\u024f\u0370-\u04ff\u2010-\u2027\u20a0-\u22ff]")
"""All but Latin, Greek, Cyrillic and signs."""
CHART_FONT = re.compile(r'(<text\b[^<>]*?\bfont-family=")sans-serif(")')
BELONGS_TOGETHER = re.compile(r"\d (?:%|(?:[kMBT]|thousand|million|billion|trillion)\b)|\b\d+ in \d")
NEGATIVE = re.compile(r"(?<!\S)-(?=\$?\d)")
COLUMNS = (
    "USD, present value",
    "mean",
    "P5",
    "P95",
    "chance to cost\nless than the baseline",
    "chance to be\nthe cheapest",
)


@dataclass(frozen=True)
class Sheet:
    """The sheet and what is wrong with it.

    Attributes
    ----------
    content : bytes
    warnings : tuple of str
        What no font of this machine can show, in one sentence; empty as a rule.
    """

    content: bytes
    warnings: tuple[str, ...]


def board_sheet(
    page: Page,
    chance_svg: str | None,
    saving_svg: str | None,
    *,
    chance_alt: str = "",
    saving_alt: str = "",
) -> Sheet:
    """Set the sheet as a PDF of one page: the same bytes for the same content.

    Parameters
    ----------
    page : Page
    chance_svg, saving_svg : str, optional
        The chance of self-hosting over volumes, and the saving over futures, as SVG that stands alone.
    chance_alt, saving_alt : str
        The same in words, for who cannot see them; without one, the picture's caption.
    """
    return _set(_inputs(page, chance_svg, saving_svg, chance_alt, saving_alt), _pdf)


def board_pdf(page: Page, chance_svg: str | None, saving_svg: str | None) -> bytes:
    """Set the sheet as `board_sheet` does, and keep its warnings back."""
    return board_sheet(page, chance_svg, saving_svg).content


def board_png(page: Page, chance_svg: str | None, saving_svg: str | None) -> bytes:
    """Draw the same sheet as a picture of 150 pixels to the inch."""
    return _set(_inputs(page, chance_svg, saving_svg, "", ""), _png).content


def _set(inputs: dict[str, str], make: Callable[[dict[str, str]], Sheet]) -> Sheet:
    """Set the sheet; where typst fails on how letters of several scripts stand together, without these letters."""
    try:
        return make(inputs)
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
    sheet = make(inputs | {"content": NOT_PLAIN.sub("?", inputs["content"])})
    told = "Some letters could not be set next to each other: ? stands in their place on the board's sheet."
    return Sheet(sheet.content, (told, *sheet.warnings))


def _template() -> bytes:
    return files("tcosim.report.documents").joinpath(TEMPLATE).read_bytes()


def _png(inputs: dict[str, str]) -> Sheet:
    import typst

    return Sheet(typst.compile(_template(), format="png", ppi=PNG_PPI, sys_inputs=inputs), ())


def _pdf(inputs: dict[str, str]) -> Sheet:
    import typst

    def compiled(**options: Any) -> bytes:
        pdf: bytes = typst.compile(_template(), format="pdf", sys_inputs=inputs, **options)
        return pdf

    try:
        return Sheet(compiled(pdf_standards=STANDARD), ())
    except typst.TypstError as error:
        missing = list(dict.fromkeys(NO_GLYPH.findall(f"{error.message}\n{error.diagnostic}")))
        if not missing:
            raise
    content = compiled()
    seen = [one for one in missing if not one.startswith("\\u{")]  # others have no look of their own
    if not seen:
        return Sheet(content, ())
    more = " and more" if len(seen) > MOST_NAMED else ""
    warning = (
        f"No font on this machine can show {' '.join(seen[:MOST_NAMED])}{more}: boxes stand in their place on the"
        " board's sheet (install a font for this script)."
    )
    return Sheet(content, (warning,))


def _inputs(
    page: Page, chance_svg: str | None, saving_svg: str | None, chance_alt: str, saving_alt: str
) -> dict[str, str]:
    """Everything that the template is told."""
    content = _cleaned(_content(page, chance_svg is not None, saving_svg is not None, chance_alt, saving_alt))
    return {
        "content": json.dumps(content, ensure_ascii=False),
        "chance": _in_the_sheets_font(chance_svg or ""),
        "saving": _in_the_sheets_font(saving_svg or ""),
    }


def _in_the_sheets_font(svg: str) -> str:
    """Which font a generic family stands for depends on the machine; the sheet's own font comes with typst."""
    return CHART_FONT.sub(r"\1Libertinus Serif\2", svg)


def _cleaned(value: Any) -> Any:
    """Keep line breaks of headings; take out all else that cannot be seen or turns the text around it."""
    if isinstance(value, str):
        return "\n".join(_well_set(clean(line)) for line in value.split("\n"))
    if isinstance(value, dict):
        return {key: _cleaned(one) for key, one in value.items()}
    return [_cleaned(one) for one in value] if isinstance(value, list) else value


def _well_set(text: str) -> str:
    """Keep ``5 %``, ``-$30 k``, ``1.2 billion`` and ``2 in 5`` on one line, and give negative amounts a minus sign."""
    joined = BELONGS_TOGETHER.sub(lambda match: match[0].replace(" ", "\u00a0"), text)
    return NEGATIVE.sub("\u2212", joined)


def _content(
    page: Page, has_chance: bool, has_saving: bool, chance_alt: str, saving_alt: str
) -> dict[str, Any]:
    run, curve = page.run, page.curve
    answer, *sentences = run.sentences
    return {
        "title": run.title,
        "setting": run.setting,
        "verdict": page.verdict,
        "answer": answer,
        "sentences": [*sentences, *([run.gates_line] if run.gates_line else [])],
        "chance": _picture(
            "From which volume on", curve.sentences[0] if curve and curve.sentences else "", chance_alt
        )
        if has_chance
        else None,
        "saving": _picture("How far it can go either way", _saving_caption(page), saving_alt)
        if has_saving
        else None,
        "table": _table(page),
        "drivers_head": "What moves the saving most",
        "drivers": page.drivers,
        "recommendation": page.recommendation,
        "left_out": _left_out(page),
        "foot": _foot(page),
    }


def _picture(head: str, caption: str, alt: str) -> dict[str, str]:
    return {"head": head, "caption": caption, "alt": alt or f"{head}. {caption}".strip()}


def _saving_caption(page: Page) -> str:
    histogram = page.run.histogram
    if histogram is None:
        return ""
    return (
        f"Saving of {histogram.option} against {histogram.baseline} in single futures: left of zero it costs more,"
        " right of zero less."
    )


def _table(page: Page) -> dict[str, Any]:
    run = page.run
    chances = {row.option: row.value for row in run.probabilities} | {run.baseline: "baseline"}
    rows = [
        [
            f"{one.option} ({page.labels[one.option]})" if one.option in page.labels else one.option,
            *(one.mean, one.p5, one.p95, chances.get(one.option, NOTHING), one.cheapest),
        ]
        for one in run.options
    ]
    return {
        "head": "The options side by side",
        "columns": list(COLUMNS),
        "rows": rows,
        "legend": (
            "Present value of all costs, with k for thousands and M for millions; it lies below P5 in 5 % of the"
            " futures and above P95 in another 5 %."
        ),
    }


def _left_out(page: Page) -> str:
    count = len(page.leaves_out)
    things = f"{count} thing{'' if count == 1 else 's'} that the model leaves out, and " if count else ""
    return (
        f"The full report lists {things}all assumptions with their sources. {page.judged} Intervals"
        " cover the error of simulating alone."
    )


def _foot(page: Page) -> str:
    known = dict(page.reproduction)
    parts = [f"Result {page.run_hash}"]
    parts += [f"{name} {known[name]}" for name in ("seed", "futures", "tcosim") if name in known]
    return " · ".join(parts)
