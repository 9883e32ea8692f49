"""Lines of fields in TOML text."""

from __future__ import annotations

from tcosim.scenario.places import find_lines, line_of

TEXT = '''\
top = 1
[volume]
tokens = 3   # [not.a.table]
note = """
[scenario]
months = 3
"""
list = [
    1,
    [2],
    { key = 3 },
]
"quoted key" = 1
[[option]]
name = "a"
[[option.route]]
share = 1
[[option.route]]
share = 2
[[option]]
name = "b = c [x]"
inner.part = 3
[[option.route]]
share = 3
'''


def test_headers_and_keys_have_their_lines() -> None:
    lines = find_lines(TEXT)
    assert lines["top",] == 1
    assert lines["volume",] == 2
    assert lines["volume", "tokens"] == 3
    assert lines["volume", "list"] == 8
    assert lines["volume", "quoted key"] == 13
    assert lines["option", 0, "name"] == 15
    assert lines["option", 0, "route", 1, "share"] == 19
    assert lines["option", 1, "name"] == 21
    assert lines["option", 1, "inner", "part"] == 22
    assert lines["option", 1, "route", 0, "share"] == 24
    assert ("scenario",) not in lines
    assert ("volume", "months") not in lines


def test_what_is_not_there_has_the_line_of_its_table() -> None:
    lines = find_lines(TEXT)
    assert line_of(lines, ("option", 1, "missing")) == 20
    assert line_of(lines, ("volume", "tokens", "p5")) == 3
    assert line_of(lines, ("nowhere",)) is None
