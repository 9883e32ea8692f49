"""From raw tables to declared ones: every field checked against its declaration, every problem collected.

Knows how fields depend on each other as declared; knows no particular field and no rule between tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tcosim.scenario import places
from tcosim.scenario.distributions import Point
from tcosim.scenario.fields import ABSENT, REQUIRED, FieldSpec, Kind, Only, Use, applies, default_in, written
from tcosim.scenario.notes import Raw
from tcosim.scenario.uncertain import Uncertain
from tcosim.scenario.values import ValueReader


class Reader(ValueReader):
    """Reads whole tables.

    Attributes
    ----------
    defaulted : list of str
        Paths of the fields that were left to their defaults.
    displaced : set of str
        Names of inputs that a setting from outside put something else in the place of.
    """

    def __init__(self, *args: Any, displaced: set[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.defaulted: list[str] = []
        self.displaced = displaced

    def table(
        self, specs: Mapping[str, FieldSpec], raw: Raw, path: places.Path, label: str, prefix: str = ""
    ) -> dict[str, Any]:
        """Read the declared fields of one table; unknown keys are the caller's.

        Parameters
        ----------
        specs : mapping of str to FieldSpec
        raw : mapping
            The table as parsed.
        path : tuple
            Where it stands in the text.
        label : str
            What to call the table in messages.
        prefix : str
            What the names of its inputs begin with; the label if left out.

        Returns
        -------
        dict
            A value for every field that could be read; incomplete if problems were noted.
        """
        prefix = prefix or label
        values: dict[str, Any] = {}
        replaced = self._replaced(specs, raw, path, label)
        for name, spec in specs.items():
            here = (*path, name)
            if not applies(spec.only, raw, specs):
                if name in raw and not self._switched(spec.only, path, here):
                    self._refuse_inapplicable(spec, raw, specs, here, f"{label}.{name}")
                values[name] = self._elsewhere(spec, f"{prefix}.{name}")
            elif name in raw:
                value = self.value(spec, raw[name], here, f"{label}.{name}", f"{prefix}.{name}")
                if value is not None:
                    values[name] = value
            elif name in replaced:
                values[name] = None
            else:
                value = self._default(spec, raw, specs, path, (label, prefix))
                if value is not None or spec.default is ABSENT:
                    values[name] = value
        return values

    def _replaced(self, specs: Mapping[str, FieldSpec], raw: Raw, path: places.Path, label: str) -> set[str]:
        found: set[str] = set()
        for name, spec in specs.items():
            if name in raw and spec.instead_of:
                both = [other for other in spec.instead_of if other in raw]
                found.update(spec.instead_of)
                if both:
                    self.refuse(
                        f"{label}.{name}",
                        (*path, name),
                        f"stands instead of {' and '.join(both)}, not beside",
                        None,
                        "take one out",
                    )
        return found

    def _switched(self, only: Only | None, table: places.Path, field: places.Path) -> bool:
        """Whether a setting from outside changed what a field depends on, and not the field itself."""
        return (
            only is not None and self.set_by((*table, only.field)) is not None and self.set_by(field) is None
        )

    def _refuse_inapplicable(
        self, spec: FieldSpec, raw: Raw, specs: Mapping[str, FieldSpec], path: places.Path, label: str
    ) -> None:
        if spec.only is not None:
            other, values = spec.only.field, " or ".join(f'"{value}"' for value in spec.only.values)
            stands = raw.get(other, specs[other].default)
            self.refuse(
                label,
                path,
                f'applies only with {other} = {values}, and {other} is "{stands}"',
                None,
                "take it out",
            )

    @staticmethod
    def _elsewhere(spec: FieldSpec, name: str) -> Any:
        if spec.kind is Kind.UNCERTAIN:
            return Uncertain(name, Point(value=0.0), None, spec.unit)
        return spec.default

    def _default(
        self,
        spec: FieldSpec,
        raw: Raw,
        specs: Mapping[str, FieldSpec],
        path: places.Path,
        names: tuple[str, str],
    ) -> Any:
        label, prefix = names
        default = default_in(spec, raw, specs)
        if default is ABSENT:
            return None
        if default is REQUIRED or (
            self.resolved and default != "" and not self._switched(spec.only, path, (*path, spec.name))
        ):
            self._missing(spec, specs, path, label)
            return None
        given: Any = {"use": default.key} if isinstance(default, Use) else default
        value = self.value(spec, given, (*path, spec.name), f"{label}.{spec.name}", f"{prefix}.{spec.name}")
        if value is not None and default != "":
            self.defaulted.append(f"{prefix}.{spec.name}")
        return value

    def _missing(
        self, spec: FieldSpec, specs: Mapping[str, FieldSpec], path: places.Path, label: str
    ) -> None:
        if self.misspelled(spec.name, path):
            return
        rule = f"is missing ({_lower_first(spec.meaning.rstrip('.'))})"
        others = [name for name, other in specs.items() if spec.name in other.instead_of]
        way_out = f"state it in {spec.unit}" if spec.unit else "state it"
        if spec.kind in (Kind.TEXT, Kind.NAME):
            way_out = f'write {spec.name} = "{spec.example or "..."}"'
        elif spec.example is not None:
            way_out += f", for example {spec.name} = {written(spec.example)}"
        if others:
            way_out += f", or {others[0]} instead"
        if not spec.required:
            rule = "is missing, and a file with a [resolved] table states every field"
            way_out = "state it, or take the [resolved] table out"
        self.refuse(f"{label}.{spec.name}", path, rule, None, way_out)


def _lower_first(text: str) -> str:
    """Let a sentence stand within another: "Price of" becomes "price of", "GPUs that" stays."""
    return text if text[1:2].isupper() else f"{text[:1].lower()}{text[1:]}"
