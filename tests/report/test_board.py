"""The board's sheet: always one page with everything on it, names stay text, the same bytes for the same content."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typst
from pages import example_page, picture, said_otherwise, with_options, without_self_hosting

from tcosim.report.documents.board import board_pdf, board_png, board_sheet

# A PDF is read by other people's tools, which a machine need not have. CI installs them and says so: there a test that
# finds none fails instead of being skipped.
needs_poppler = pytest.mark.skipif(
    not os.environ.get("TCOSIM_POPPLER_IS_INSTALLED")
    and not (shutil.which("pdftotext") and shutil.which("pdfinfo")),
    reason="pdftotext and pdfinfo are not installed (on Debian: apt-get install poppler-utils)",
)

CHANCE, SAVING = picture("chance of costing less than api", 320), picture("share of futures", 270)
A4 = (595.3, 841.9)

NAMES = {
    "latin": "self-hosted-on-owned-machines-in-the-second-old-data-centre-",
    "one word": "W" * 60,
    "cyrillic": "собственный-хостинг-на-своих-серверах-в-старом-дата-центре-1",
    "arabic": "استضافة-ذاتية-على-وحدات-مملوكة-في-مركز-البيانات-القديم-الأول",
    "hebrew": "אירוח-עצמי-על-שרתים-בבעלותנו-במרכז-הנתונים-הישן-של-החברה-הרא",
    "devanagari": "अपने-सर्वर-पर-स्वयं-होस्ट-किया-गया-मॉडल-पुराने-डेटा-केंद्र-म",
    "chinese": "在旧数据中心自有服务器上自托管的大型语言模型" * 3,
    "emoji": "🚀👩‍💻🇨🇭" * 12,
}


def pdf_tool(name: str, pdf: bytes, *arguments: str) -> str:
    """Run a tool of poppler, which writes emoji in an encoding of its own."""
    ends = ("-", "-") if name == "pdftotext" else ("-",)
    found = subprocess.run([name, *arguments, *ends], input=pdf, capture_output=True, check=True)
    return found.stdout.decode(errors="replace")


def said(pdf: bytes) -> str:
    """All text, blanks of every kind the same; a minus sign as it is typed."""
    return " ".join(pdf_tool("pdftotext", pdf).replace("\u200b", "").replace("−", "-").split())


def unspaced(text: str) -> str:
    return re.sub(r"[\s\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", text)


def page_count(pdf: bytes) -> int:
    return int(re.search(r"Pages:\s+(\d+)", pdf_tool("pdfinfo", pdf))[1])


def words_with_boxes(pdf: bytes) -> list[tuple[str, float, float, float, float]]:
    found = re.findall(
        r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>',
        pdf_tool("pdftotext", pdf, "-bbox"),
    )
    return [(word, *map(float, box)) for *box, word in found]


def assert_one_whole_page(pdf: bytes) -> None:
    assert page_count(pdf) == 1
    boxes = words_with_boxes(pdf)
    for word, left, top, right, bottom in boxes:
        assert left >= 0 and right <= A4[0] and top >= 0 and bottom <= A4[1], word
    # what is signed stands below all the rest, and the foot below that
    bottoms = {word: bottom for word, _, _, _, bottom in boxes}
    tops = {word: top for word, _, top, _, _ in boxes}
    assert bottoms["judgement;"] < tops["Decision"] < tops["80bea72c6e58"]


@needs_poppler
@pytest.mark.parametrize(
    ("script", "count"), [*((script, 8) for script in NAMES), ("arabic", 1), ("one word", 1), ("latin", 3)]
)
def test_it_is_one_page_for_any_options(script, count):
    name = NAMES[script]
    names = [f"{index}{name[1:]}" for index in range(count)]
    assert_one_whole_page(board_pdf(with_options(names), CHANCE, SAVING))


@needs_poppler
@pytest.mark.parametrize("times", [2, 12])
def test_long_sentences_are_set_smaller_and_stand_whole(times):
    page = example_page(drivers=[" ".join([one] * times) for one in example_page().drivers])
    pdf = board_pdf(page, CHANCE, SAVING)
    assert_one_whole_page(pdf)
    if times == 2:  # type gives way before the width of the lines does
        assert max(right for *_, right, _ in words_with_boxes(pdf)) > 0.91 * A4[0]
    assert said(pdf).count("Yearly growth of the tokens of this workload") == times
    assert height_of("Recommendation", pdf) < height_of(
        "Recommendation", board_pdf(example_page(), CHANCE, SAVING)
    )


def height_of(word: str, pdf: bytes) -> float:
    return next(bottom - top for one, _, top, _, bottom in words_with_boxes(pdf) if one == word)


@needs_poppler
def test_it_says_what_it_must():
    page = example_page()
    text = said(board_pdf(page, CHANCE, SAVING))
    wanted = [page.run.title, page.run.setting, "unlikely, about 1 in 3", *page.run.sentences, *page.drivers]
    wanted += [page.recommendation, page.judged, page.curve.sentences[0], "chance of costing less than api"]
    wanted += ["2 things that the model leaves out", "Decision", "Name", "Date"]
    wanted += ["80bea72c6e58 · seed 7 · futures 1,000,000 · tcosim 0.1.0"]
    for one in wanted:
        assert one in text
    rows = (
        pdf_tool("pdftotext", board_pdf(page, CHANCE, SAVING), "-layout").replace("\u00a0", " ").splitlines()
    )
    row = next(line for line in rows if line.startswith(" owned-h100 ") or line.startswith("owned-h100 "))
    assert row.split() == [
        "owned-h100",
        "(Owned",
        "H100s)",
        "838k",
        "457k",
        "1.51M",
        "35.2",
        "%",
        "24.5",
        "%",
    ]


@needs_poppler
def test_without_self_hosting_and_without_pictures():
    pdf = board_pdf(without_self_hosting(), None, None)
    assert_one_whole_page(pdf)
    assert "nothing can be said about self-hosting" in said(pdf)
    assert "What moves" not in said(pdf)
    assert_one_whole_page(board_pdf(example_page(), None, SAVING))


@needs_poppler
@pytest.mark.parametrize(
    "name",
    [
        '#import"x.typ"',
        "$x^2$",
        "<label>",
        r"a\*b_c_*d*",
        '#panic("boom")',
        "#{1+1}",
        "`raw`",
        "[content]",
        "@reference",
        "//comment",
        "/*comment*/",
        "=heading",
        "~'\"--...",
        "{{0}}%s",
    ],
)
def test_names_stay_text(name):
    page = said_otherwise(with_options(["api", name]), {"support-assistant": name})
    text = unspaced(said(board_pdf(page, CHANCE, SAVING)))
    assert text.startswith(unspaced(name))
    assert f"token{'s'}amonth,{unspaced(name)}isunlikely" in text


@needs_poppler
def test_what_turns_text_around_is_left_out():
    page = with_options(["api", "ab\u202ecd\u0007\nef"])
    text = said(board_pdf(page, CHANCE, SAVING))
    assert "abcd ef is unlikely" in text


@needs_poppler
def test_a_name_is_cut_after_two_lines():
    name = "very-long-" * 40
    pdf = board_pdf(with_options(["api", *(f"{index}-{name}" for index in range(7))]), CHANCE, SAVING)
    assert_one_whole_page(pdf)
    lines = [
        line
        for line in pdf_tool("pdftotext", pdf, "-layout").splitlines()
        if re.match(r"\s*\d-very-long", line)
    ]
    assert len(lines) == 7
    assert pdf_tool("pdftotext", pdf).count("…") == 7
    assert "…" not in pdf_tool("pdftotext", board_pdf(example_page(), CHANCE, SAVING))


def test_the_same_content_gives_the_same_bytes_at_any_time(tmp_path):
    script = (
        "import sys; sys.path[:0] = sys.argv[1:2]\n"
        "from pages import example_page, picture\n"
        "from tcosim.report.documents.board import board_pdf\n"
        "pdf = board_pdf(example_page(), picture('a'), picture('b', 270))\n"
        "sys.stdout.buffer.write(pdf)\n"
    )
    here = board_pdf(example_page(), picture("a"), picture("b", 270))
    elsewhere = subprocess.run(
        [sys.executable, "-c", script, str(Path(__file__).parent)],
        env=dict(
            os.environ, SOURCE_DATE_EPOCH="86400", TZ="Asia/Tokyo", PYTHONPATH=os.pathsep.join(sys.path)
        ),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    assert here == elsewhere
    assert b"CreationDate" not in here
    assert here != board_pdf(example_page(title="another"), picture("a"), picture("b", 270))


@needs_poppler
def test_readers_for_the_blind_find_title_language_tags_and_texts_of_pictures():
    sheet = board_sheet(
        example_page(), CHANCE, SAVING, chance_alt="rises with the volume", saving_alt="mostly below zero"
    )
    about = pdf_tool("pdfinfo", sheet.content)
    assert re.search(r"Title:\s+support-assistant", about)
    assert re.search(r"Tagged:\s+yes", about)
    assert b"/Lang (en)" in sheet.content or b"/Lang(en)" in sheet.content
    assert b"pdfuaid:part>1<" in sheet.content
    structure = pdf_tool("pdfinfo", sheet.content, "-struct")
    assert "Figure" in structure and "TH" in structure and "H1" in structure
    assert re.search(rb"/Alt\s*\(rises with the volume\)", sheet.content)
    assert re.search(rb"/Alt\s*\(mostly below zero\)", sheet.content)
    assert not re.search(rb"/Alt\s*\(Saving of owned-h100", sheet.content)
    without = board_pdf(example_page(), CHANCE, SAVING)
    assert re.search(rb"/Alt\s*\(How far it can go either way. Saving of owned-h100", without)


@needs_poppler
def test_letters_that_no_font_has_are_told(monkeypatch):
    page = with_options(["api", "自托管"])
    monkeypatch.setattr(typst, "compile", functools.partial(typst.compile, ignore_system_fonts=True))
    sheet = board_sheet(page, CHANCE, SAVING)
    assert len(sheet.warnings) == 1
    for letter in "自托管":
        assert letter in sheet.warnings[0]
    assert_one_whole_page(sheet.content)
    assert board_sheet(example_page(), CHANCE, SAVING).warnings == ()
    in_a_picture = board_sheet(example_page(), picture("托"), SAVING)
    assert "托" in in_a_picture.warnings[0]


@needs_poppler
def test_a_fault_of_typst_costs_letters_and_not_the_sheet(monkeypatch):
    class PanicException(BaseException):
        pass

    compile_ = typst.compile

    def failing(template, **options):
        if "ש" in options["sys_inputs"]["content"]:
            raise PanicException
        return compile_(template, **options)

    monkeypatch.setattr(typst, "compile", failing)
    page = with_options(["api", "owned-ש-2"])
    sheet = board_sheet(page, CHANCE, SAVING)
    assert "could not be set" in sheet.warnings[0]
    assert_one_whole_page(sheet.content)
    assert "owned-?-2" in said(sheet.content)
    assert "(35.2 %, 95 % interval 35.1 to 35.3 %)" in said(sheet.content)
    assert board_png(page, CHANCE, SAVING).startswith(b"\x89PNG")


@needs_poppler
def test_marked_letters_without_a_hyphen_are_cut_and_not_broken():
    name = "\u05e9\u05c1\u05b8" * 60
    pdf = board_pdf(with_options(["api", name]), CHANCE, SAVING)
    assert_one_whole_page(pdf)
    assert "…" in said(pdf)


def test_other_faults_are_not_hidden():
    with pytest.raises(typst.TypstError):
        board_pdf(example_page(), "no picture at all", None)


def test_it_takes_less_than_two_seconds():
    page = with_options(["api", *("W" * 60 for _ in range(7))])
    board_pdf(page, CHANCE, SAVING)
    start = time.perf_counter()
    board_pdf(page, CHANCE, SAVING)
    assert time.perf_counter() - start < 2


def test_the_picture_is_a_whole_sheet():
    png = board_png(example_page(), CHANCE, SAVING)
    assert png.startswith(b"\x89PNG")
    width, height = (int.from_bytes(png[start : start + 4], "big") for start in (16, 20))
    assert (width, height) == (1240, 1754)
