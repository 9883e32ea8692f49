"""Whether a netCDF file holds arrays of numbers and texts and nothing else, asked before any array is read.

Knows HDF5, which can also point to other files, promise more than it holds and run filters; knows no variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tcosim.limits import ATTRIBUTE_BYTES, MOST_TEXTS, MOST_VARIABLES, TEXT_BYTES

_OF_DIMENSIONS = ("DIMENSION_LIST", "REFERENCE_LIST")
"""Attributes that tie dimensions to variables; they hold references within the file, as netCDF has them."""
_MOST_ATTRIBUTES = 64
_HEAD_BYTES = 1_000_000


class NotPlainError(ValueError):
    """The file holds something that no run folder holds; the message says what."""


def check_plain(path: Path) -> None:
    """Refuse links, data kept elsewhere, filters, odd types, and more values than the file has bytes for.

    Raises
    ------
    NotPlainError
    OSError
        If it is no such file, or a damaged one.
    """
    room = path.stat().st_size
    with h5py.File(path, "r") as file:
        if len(file) > MOST_VARIABLES:
            raise NotPlainError(f"it holds {len(file)} variables, more than {MOST_VARIABLES}")
        _check_attributes(file, "the file")
        declared = texts = 0
        for name in list(file):
            dataset = _dataset(file, name)
            _check_attributes(dataset, name)
            declared += dataset.size * dataset.dtype.itemsize
            if declared > room + _HEAD_BYTES:
                raise NotPlainError(f"with {name} it states more values than it has room for")
            if dataset.dtype.kind == "O" and dataset.shape:
                texts += _text_bytes(dataset, name, TEXT_BYTES - texts)


def _dataset(file: h5py.File, name: str) -> h5py.Dataset:
    if type(file.get(name, getlink=True)) is not h5py.HardLink:
        raise NotPlainError(f"{name[:80]!a} is a link to somewhere else")
    if file.get(name, getclass=True) is not h5py.Dataset:
        raise NotPlainError(f"{name[:80]!a} is no array")
    dataset = file[name]
    plist = dataset.id.get_create_plist()
    if plist.get_external_count():
        raise NotPlainError(f"{name} is kept in another file")
    if plist.get_nfilters():
        raise NotPlainError(f"{name} is packed by a filter")
    if plist.get_layout() not in (h5py.h5d.COMPACT, h5py.h5d.CONTIGUOUS) and dataset.size:
        raise NotPlainError(f"{name} is not kept in one piece")
    if not _is_plain_type(dataset.dtype):
        raise NotPlainError(f"{name} has values of the type {dataset.dtype}")
    return dataset


def _is_plain_type(dtype: np.dtype[Any]) -> bool:
    """Whether values are numbers of up to eight bytes, or texts of any length."""
    if dtype.kind == "O":
        return h5py.check_string_dtype(dtype) is not None
    return dtype.kind in "iuf" and dtype.itemsize <= 8


def _check_attributes(holder: h5py.File | h5py.Dataset, of: str) -> None:
    names = list(islice(holder.attrs, _MOST_ATTRIBUTES + 1))
    if len(names) > _MOST_ATTRIBUTES:
        raise NotPlainError(f"{of} has more than {_MOST_ATTRIBUTES} attributes")
    for name in names:
        attribute = h5py.h5a.open(holder.id, name.encode(errors="surrogateescape"))
        count = int(np.prod(attribute.shape, dtype=object)) if attribute.shape else 1
        if count * attribute.get_type().get_size() > ATTRIBUTE_BYTES:
            raise NotPlainError(f"the attribute {name[:80]!a} of {of} is too large")
        kind = attribute.dtype.kind
        if name not in _OF_DIMENSIONS and not (
            kind in "iufS" or (kind == "O" and h5py.check_string_dtype(attribute.dtype) is not None)
        ):
            raise NotPlainError(f"the attribute {name[:80]!a} of {of} is no number and no text")


def _text_bytes(dataset: h5py.Dataset, name: str, most: int) -> int:
    """Add up the lengths of texts, read one by one: many entries may point to one long text."""
    if dataset.size > MOST_TEXTS:
        raise NotPlainError(f"{name} holds {dataset.size} texts, more than {MOST_TEXTS}")
    total = 0
    for text in _texts(dataset):
        total += len(text)
        if total > most:
            raise NotPlainError(f"with {name} its texts are longer than {TEXT_BYTES // 10**6} MB")
    return total


def _texts(dataset: h5py.Dataset) -> Iterator[bytes]:
    for index in np.ndindex(dataset.shape):
        yield dataset[index]
