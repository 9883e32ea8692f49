"""What ``tcosim fit`` says and draws, from the plain data of a fit."""

from __future__ import annotations

import io
import re
import struct
import zlib

import numpy as np
import pytest
from rich.console import Console

from tcosim.evidence.traffic.quantity import quantity
from tcosim.report.charts.fit import LONGEST, fit_chart, fit_png, fit_text
from tcosim.report.charts.picture import svg
from tcosim.report.terminal.fit_view import print_fit
from tcosim.report.words import fit as words
from tests.fits import HOURS, a_log, found, quantities


def shown(data, width=10_000, out=None):
    file = io.StringIO()
    print_fit(data, Console(file=file, width=width, color_system=None, highlight=False), out)
    return file.getvalue()


def test_the_whole_in_its_order():
    text = shown(found(), out="fitted.toml")
    parts = [
        "gateway.csv: format generic, 33,500 rows",
        "336 hours (2.0 weeks), 1 of them not collected, Mon 2024-05-06 00:00 to Mon 2024-05-20 00:00, Europe/Berlin;",
        "(90 % input, 50 % of it cached)",
        "warning: an hour is missing",
        "note: gateway.csv read",
        "What the log says",
        "volume.annual_growth",
        "Level at the end of the log: 73 million tokens a month (",
        "Not told by the log, left to the scenario or the library: volume.growth_volatility,",
        "Simulated against observed",
        "Traffic of an hour over the mean",
        "Hold-out: of 66 hours behind the first 270, 91 %",
        "The burst is lognormal: no hour falls silent by itself (probability >99 %).",
        "Not as near as asked: peak / mean and autocorrelation, 1 hour.",
        "A log of 8 weeks, four times as long, would about halve the intervals that this one narrows.",
        'write include = "fitted.toml" under [scenario]',
    ]
    places = [" ".join(text.split()).index(" ".join(part.split())) for part in parts]
    assert places == sorted(places)


def test_how_much_was_learned_is_said_in_each_line():
    lines = {line.split()[0]: line for line in shown(found()).splitlines() if line.startswith("  ")}
    assert lines["volume.forecast_ratio"].endswith("from the log")
    assert lines["volume.annual_growth"].endswith("nothing new")
    assert lines["traffic.burst_sigma"].endswith("76 % narrower")
    assert re.search(r" 0 +- +share +>99 % sure$", lines["traffic.silent_share"])


def test_marks_are_text():
    lines = shown(found()).splitlines()

    def line(begin):
        return next(one for one in lines if one.strip().startswith(begin))

    assert line("peak / mean").endswith("FAR: 27 % off, 15 % asked")
    assert line("p99 / mean").endswith("  near")
    assert line("autocorrelation, 1 hour").endswith("FAR: 0.13 off, 0.1 asked")
    assert line("hours without traffic").endswith("outside")
    assert line("traffic an hour").endswith("120k")


def test_a_figure_that_there_is_not_is_left_out():
    data = found()
    for row in data["compared"]:
        if row["name"] == "lag_24":
            row.update(observed=0.0, p5=0.0, p50=0.0, p95=0.0)
    assert "24 hours  " in shown(found())
    assert "24 hours  " not in shown(data)


@pytest.mark.parametrize("width", [80, 100, 140, 10_000])
def test_it_fits_and_says_the_same(width):
    text = shown(found(), width)
    assert max(map(len, text.splitlines())) <= width
    assert text.isascii()
    assert not re.search(r"[ \t]\n", text)
    assert re.sub(r"\s+", "", text) == re.sub(r"\s+", "", shown(found()))


@pytest.mark.parametrize(
    ("value", "low", "high", "said"),
    [
        (0.808, 0.13, 3.89, "0.81"),
        (0.13, 0.13, 3.89, "0.13"),
        (0.9889, 0.988, 0.99, "0.989"),
        (1.0, 0.88, 1.15, "1.00"),
        (1.0, 0.4, 2.9, "1.0"),
        (12.91, 8.9, 15.7, "12.9"),
        (-0.311, -0.311, 1.5, "-0.31"),
        (38.4, 20.0, 91.0, "38"),
        (784.0, 290.0, 1700.0, "780"),
        (212e6, 172e6, 250e6, "212M"),
        (780_123.0, 290e3, 1.7e6, "780k"),
        (0.0, 0.0, 1.0, "0"),
        (7.0, 7.0, 7.0, "7.00"),
    ],
)
def test_digits_are_those_that_the_interval_supports(value, low, high, said):
    assert words.figure(value, low, high) == said


@pytest.mark.parametrize(
    ("coverage", "expected", "said"),
    [
        (0.91, (0.8, 0.97), "Inside the 80 to 97 % asked."),
        (0.95, (0.8, 0.93), "Inside the 80 to 97 % asked, though outside what a perfect band shows."),
        (1.0, (0.4, 1.0), "Outside the 80 to 97 % asked, which a perfect band may be as well."),
        (0.53, (0.84, 0.95), "OUTSIDE the 80 to 97 % asked: for these hours the band is too narrow."),
        (1.0, (0.84, 0.95), "OUTSIDE the 80 to 97 % asked: for these hours the band is too wide."),
    ],
)
def test_the_verdict_of_the_hold_out(coverage, expected, said):
    data = found()
    held = data["held_out"]
    held["coverage"], (held["expected_p5"], held["expected_p95"]) = coverage, expected
    held["within_asked"] = held["asked"][0] <= coverage <= held["asked"][1]
    assert words.hold_out(data).endswith(said)


def test_other_conclusions():
    cut = [one for one in quantities() if one.field != "traffic.silent_share"]
    cut.append(quantity("traffic.silent_share", np.linspace(0.1, 0.5, 50), 0, 0.95, 0.8))
    text = " ".join(
        shown(found(silent_chance=0.97, misfit=1.34, held_out=None, quantities=tuple(cut))).split()
    )
    assert "The burst is cut off, so that hours fall silent by themselves (probability 97 %)." in text
    assert "The model hardly makes a log like this one, which lies 1.3 times as far" in text
    assert "Hold-out: none" in text
    assert "write it to a file: --out fitted.toml" in text
    short = " ".join(shown(found(log=a_log(100), held_out=None)).split())
    assert "Log at least one whole week next" in short
    log = a_log(tokens=None, input_tokens=None, cached_tokens=None, output_tokens=None)
    requests = " ".join(
        shown(found(log=log, tokens_per_month=None, traffic_per_month=7.3e4), out="x.toml").split()
    )
    assert "73 thousand requests a month" in requests
    assert "tokens_per_month under [volume]" in requests


def test_a_log_without_dates_shows_none():
    log = a_log()
    undated = a_log(start=log.start.replace(year=1970, month=1, day=5))
    data = found(log=undated)
    assert "from a Monday 00:00 on;" in shown(data)
    assert "1970" not in shown(data)
    texts = re.findall(r">([^<>]+)</text>", svg(fit_chart(data)))
    assert "Sat" in texts
    assert not any("Jan" in one for one in texts)


class TestPicture:
    def test_the_chart_is_valid_and_has_three_panels(self):
        assert len(fit_chart(found()).to_dict()["vconcat"]) == 3
        assert len(fit_chart(found(held_out=None)).to_dict()["vconcat"]) == 2

    def test_the_texts_in_the_picture(self):
        drawn = svg(fit_chart(found()))
        texts = re.findall(r">([^<>]+)</text>", drawn)
        for text in ("1 %", "50 %", "99.9 %", "Mon", "Sun", "Sat 18"):
            assert text in texts
        assert (
            "tokens an hour at the end, 17 May to 19 May 2024, held out: 91 % of 66 hours in the band"
            in texts
        )
        assert "Hourly traffic of gateway.csv, and the model fitted to it" in texts
        assert not any("NaN" in text or "undefined" in text for text in texts)

    def test_hours_that_were_not_collected_have_no_dot(self):
        """Ten shares of hours; 99 of 100 hours were collected, and in two weeks each hour of the week."""

        def dots(**changed):
            drawn = svg(fit_chart(found(**changed)))
            return sum(
                len(re.findall("<path", group))
                for group in re.findall(r'<g class="mark-symbol role-mark[^>]*>(.*?)</g>', drawn, re.DOTALL)
            )

        assert dots(log=a_log(100), held_out=None) == 10 + 99
        assert dots(held_out=None) == 10 + 168
        assert dots() == 10 + 168 + 66

    @pytest.mark.parametrize("width", [HOURS, 24 * 7 * 12])
    def test_a_long_end_is_cut_and_said(self, width):
        import numpy as np

        from tcosim.evidence.traffic.goodness import HeldOut

        traffic = np.ones(width)
        held = HeldOut(100, width, 0.9, 0.85, 0.95, 100, traffic, traffic * 0.5, traffic, traffic * 2)
        drawn = svg(fit_chart(found(log=a_log(100 + width), held_out=held)))
        assert ("of which the first 336 are shown" in drawn) == (width > LONGEST)

    def test_hours_without_traffic_stand_on_the_ground(self):
        data = found()
        for row in data["hourly"][:3]:
            row.update(observed=0.0, p5=0.0, p50=0.02, p95=0.03)
        texts = re.findall(r">([^<>]+)</text>", svg(fit_chart(data)))
        assert texts.count("0") == 3
        data["hourly"][0]["p50"] = 1e-5
        assert "&lt;0.001" in svg(fit_chart(data))
        for row in data["hourly"]:
            row.update(observed=0.0, p5=0.0, p50=0.0, p95=0.0)
        assert "NaN" not in svg(fit_chart(data))

    def test_the_png_is_whole_the_same_and_says_what_it_shows(self):
        picture = fit_png(found())
        assert picture == fit_png(found())
        place, kinds, texts = 8, [], []
        while place < len(picture):
            (length,) = struct.unpack_from(">I", picture, place)
            kind, body = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + length]
            assert struct.unpack_from(">I", picture, place + 8 + length)[0] == zlib.crc32(kind + body)
            kinds.append(kind)
            texts += [body] if kind == b"iTXt" else []
            place += 12 + length
        assert kinds[0] == b"IHDR"
        assert kinds[-1] == b"IEND"
        assert texts[0].split(b"\0", 5)[-1].decode() == fit_text(found())

    def test_the_text_alternative_names_what_is_seen(self):
        text = fit_text(found())
        assert text.startswith("Half of the hours of gateway.csv have at most 0.50 times the mean traffic")
        assert "highest every day around" in text
        assert text.endswith("Of 66 hours held out at the end, 91 % lie in their band of 90 %.")
        assert "held out" not in fit_text(found(held_out=None))
        flat = found()
        flat["profile"]["values"] = [1.0] * 168
        assert "The weekly profile is flat." in fit_text(flat)

    def test_names_cannot_break_it(self):
        data = found(log=a_log(sources=("<script>'\"\u202e\n\\ {x}.csv",)))
        data["profile"]["name"] = "office'hours"
        drawn = svg(fit_chart(data))
        assert "<script>" not in drawn
        assert "\u202e" not in drawn
        assert fit_png(data)


def test_a_quantity_that_is_open_below_has_its_interval():
    rows = found(quantities=(quantity("traffic.spike_size", [0.0] * 40 + [1.0] * 60, 0, 100, 0.5),))[
        "quantities"
    ]
    assert words.figures(rows[0]) == ("1.0", "0 to 1.0")
    assert "traffic.spike_size" in shown(found())
