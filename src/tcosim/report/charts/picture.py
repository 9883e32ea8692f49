"""From a chart to a picture: SVG for a page, SVG that stands alone, PNG.

Knows vl_convert and SVG; knows nothing of what is drawn. Nothing but shapes, text and the texts for a pointer reaches a
page: an element or an attribute that is not expected is an error.
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from tcosim.report.charts.frame import TIP
from tcosim.report.charts.labels import clean

SCALE = 2
FONTS = "Arial, Liberation Sans, Helvetica, sans-serif"
"""As wide as the type that the picture was laid out with."""
SPACE = "{http://www.w3.org/2000/svg}"
SHAPES = frozenset(("path", "line", "rect", "circle"))
ELEMENTS = SHAPES | {"svg", "g", "text", "tspan", "defs", "clipPath"}
KEPT = frozenset(
    (
        *("d", "transform", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "width", "height"),
        *("fill", "fill-opacity", "opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
        *("stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dashoffset"),
        *("text-anchor", "font-size", "font-weight", "font-style", "dominant-baseline", "dx", "dy"),
        *("id", "clip-path"),
    )
)
DROPPED = frozenset(
    ("class", "role", "aria-hidden", "aria-roledescription", "aria-label", "font-family", "pointer-events")
)
"""Of inner elements: the picture as a whole has the role and the label."""
PLAIN = {"opacity": "1", "stroke-width": "1", "text-anchor": "start", "font-size": "12px"}
"""Values that need no word, the last one because the picture as a whole has it."""
NUMBER = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
EMPTY = ("", "M0,0h0v0h0Z")
REFERENCE = re.compile(r"url\(#([^)]*)\)")


def svg(chart: Any) -> str:
    """Render a chart as an SVG that stands alone.

    Parameters
    ----------
    chart : altair chart
        In the colors of `tcosim.report.charts.look.PAPER`.
    """
    root = ElementTree.fromstring(_rendered(chart))
    for element in root.iter():
        if element.get("aria-label", "").startswith(TIP):
            del element.attrib["aria-label"]
    return _written(root)


def png(chart: Any, scale: float = SCALE) -> bytes:
    """Render a chart as a PNG picture; the same chart gives the same bytes."""
    import vl_convert

    picture: bytes = vl_convert.vegalite_to_png(_spec(chart), scale=scale)
    return picture


def inline_svg(chart: Any, *, id: str, label: str) -> str:
    """Render a chart as an SVG to stand within a page.

    Parameters
    ----------
    chart : altair chart
        In the colors of `tcosim.report.charts.look.PAGE`.
    id : str
        Of the picture; begins all names within it.
    label : str
        What the picture shows, in words, for those who do not see it.

    Returns
    -------
    str
        Of class ``chart``, without a size; ``data-plot`` holds the box of `plot_box`, ``data-tip`` of a mark its text.

    Raises
    ------
    ValueError
        If the picture holds anything but shapes and text.
    """
    root = ElementTree.fromstring(_rendered(chart))
    width, height = root.get("width"), root.get("height")
    box = _plot(root)
    for child in list(root):  # the ground: a page has its own
        if _tag(child) == "rect" and (child.get("width"), child.get("height")) == (width, height):
            root.remove(child)
    for element in root.iter():
        _check(element)
    inner = [kept for child in root for kept in _reduced(child, id)]
    shown = ElementTree.Element(
        f"{SPACE}svg",
        {
            "id": id,
            "class": "chart",
            "role": "img",
            "aria-label": clean(label),
            "viewBox": f"0 0 {width} {height}",
            "font-family": FONTS,
            "font-size": "12px",
            "pointer-events": "none",
        },
    )
    if box is not None:
        shown.set("data-plot", " ".join(f"{value:g}" for value in box))
    shown.extend(inner)
    return _written(shown)


def plot_box(picture: Any) -> tuple[float, float, float, float]:
    """Where the axes of a chart span their plot: left, top, width and height, in units of the picture.

    Parameters
    ----------
    picture : altair chart or str
        A chart, or what `inline_svg` made of it.
    """
    text = picture if isinstance(picture, str) else _rendered(picture)
    root = ElementTree.fromstring(text)
    written = root.get("data-plot")
    if written is not None:
        left, top, width, height = (float(part) for part in written.split())
        return left, top, width, height
    box = _plot(root)
    if box is None:
        raise ValueError("the picture has no plot of its own")
    return box


def _spec(chart: Any) -> str:
    # Validation takes half as long as all the rest of this; tests validate every chart.
    return json.dumps(chart.to_dict(validate=False), allow_nan=False)


def _rendered(chart: Any) -> str:
    import vl_convert

    rendered: str = vl_convert.vegalite_to_svg(_spec(chart), show_warnings=False)
    return rendered


def _plot(root: ElementTree.Element) -> tuple[float, float, float, float] | None:
    """Read the box off the frame that Vega draws first."""
    frame = next((one for one in root.iter(f"{SPACE}g") if "role-frame" in one.get("class", "")), None)
    outer = next((one for one in root if _tag(one) == "g"), None)
    if frame is None or outer is None:
        return None
    found = re.match(r"M([-\d.]+),([-\d.]+)h([\d.]+)v([\d.]+)", frame[0][0].get("d", ""))
    moved = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", outer.get("transform", ""))
    if found is None or moved is None:
        return None
    width, height = float(found[3]), float(found[4])
    return float(moved[1]), float(moved[2]), width, height


def _check(element: ElementTree.Element) -> None:
    tag = _tag(element)
    if tag not in ELEMENTS:
        raise ValueError(f"unexpected element in a picture: {tag}")
    if tag == "svg":
        return
    for name, value in element.attrib.items():
        if name not in KEPT and name not in DROPPED and name != "display":
            raise ValueError(f"unexpected attribute in a picture: {tag} {name}={value!r}")
        if name != "aria-label" and (
            ("url(" in value and not REFERENCE.fullmatch(value)) or "script:" in value
        ):
            raise ValueError(f"unexpected reference in a picture: {name}={value!r}")


def _tag(element: ElementTree.Element) -> str:
    return str(element.tag).removeprefix(SPACE)


def _reduced(element: ElementTree.Element, id: str) -> list[ElementTree.Element]:
    """The element without what is not needed; nothing if it shows nothing, its children if it groups for no reason."""
    tag = _tag(element)
    if element.get("display") == "none" or (tag == "path" and element.get("d", "") in EMPTY):
        return []
    unseen = tag == "path" and "background" in element.get("class", "") and not _painted(element)
    if unseen:
        return []
    found = ElementTree.Element(element.tag, _attributes(element, id))
    found.text = element.text
    found.extend(kept for child in element for kept in _reduced(child, id))
    if tag != "g":
        return [found]
    if not len(found):
        return []
    if any(one.get("data-tip") for one in found):
        found.set("pointer-events", "all")
    return [found] if found.attrib else list(found)


def _painted(element: ElementTree.Element) -> bool:
    return any(element.get(name, "none") not in ("none", "transparent") for name in ("fill", "stroke"))


def _attributes(element: ElementTree.Element, id: str) -> dict[str, str]:
    found = {}
    for name, value in element.attrib.items():
        if name not in KEPT or PLAIN.get(name) == value or value == "translate(0,0)":
            continue
        if name == "id":
            found[name] = f"{id}-{value}"
        elif name == "clip-path":
            found[name] = REFERENCE.sub(rf"url(#{id}-\1)", value)
        else:
            found[name] = NUMBER.sub(_shorter, value)
    said = element.get("aria-label", "")
    if said.startswith(TIP):
        found["data-tip"] = said.removeprefix(TIP)
    return found


def _shorter(number: re.Match[str]) -> str:
    """Two decimals: a fiftieth of a pixel on any screen."""
    return f"{round(float(number[0]), 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _written(root: ElementTree.Element) -> str:
    ElementTree.register_namespace("", SPACE[1:-1])
    return ElementTree.tostring(root, encoding="unicode")
