"""JSON pages, with the records in a list within one object, as lines of one record each.

Knows the usage API's buckets and lists called data; knows nothing of tokens or hours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tcosim.evidence.logs.session import Session

BUCKET_FIELDS = ("num_model_requests", "input_tokens", "output_tokens", "input_cached_tokens")


def expanded(session: Session, relation: str, about: str) -> Path | None:
    """Write the records of pages to a file of the session's folder, one a line.

    Parameters
    ----------
    session : Session
    relation : str
        What stands behind FROM; its column ``json`` holds the pages.
    about : str
        Name of the file.

    Returns
    -------
    pathlib.Path or None
        None if the objects are no pages but records themselves.
    """
    first = session.run(f"SELECT json FROM {relation} LIMIT 1", about=about)
    if not first or _records(parsed(first[0][0])) is None:
        return None
    target = session.fresh()
    with target.open("w", encoding="utf-8") as out:
        for (line,) in session.run(f"SELECT json FROM {relation}", about=about):
            for record in _records(parsed(line)) or ():
                out.write(written(record) + "\n")
    return target


def written(record: object) -> str:
    """Write JSON in one line; an empty object if it is nested beyond what any record is."""
    try:
        return json.dumps(record)
    except RecursionError:
        return "{}"


def parsed(line: str | None) -> object:
    """Read JSON; None if it is none."""
    try:
        return None if line is None else json.loads(line)
    except (ValueError, RecursionError):
        return None


def _records(page: object) -> Iterator[object] | None:
    """Return the records of a page or bucket, or None if it is neither."""
    if not isinstance(page, dict):
        return None
    data = page.get("data")
    if isinstance(data, list):
        return (record for item in data for record in _of_bucket(item))
    if _is_bucket(page):
        return _of_bucket(page)
    return None


def _is_bucket(item: object) -> bool:
    return isinstance(item, dict) and "start_time" in item and isinstance(item.get("results"), list)


def _of_bucket(item: object) -> Iterator[object]:
    """Yield a record for each result of a bucket; a bucket without results is an hour that was seen to be empty."""
    if not isinstance(item, dict) or not _is_bucket(item):
        yield item
        return
    times = {"start_time": item["start_time"], "end_time": item.get("end_time")}
    results = [result for result in item["results"] if isinstance(result, dict)]
    for result in results or [{}]:
        yield {**times, **dict.fromkeys(BUCKET_FIELDS), **result}
