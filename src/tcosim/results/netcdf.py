"""One Dataset in one netCDF file: the same bytes for the same Dataset, on any day.

Knows xarray and h5netcdf; knows nothing of run folders or of what the variables mean.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import xarray as xr

from tcosim.results.schema import COORDINATES, VARIABLES

ENGINE: Final = "h5netcdf"


def write_dataset(dataset: xr.Dataset, path: Path) -> None:
    """Write a Dataset to a new file.

    Variables stand in the order of the schema, uncompressed (drawn floats do not compress, and a million futures
    are written in under a second); h5py leaves time stamps out of objects by default.
    """
    ordered = [field.name for field in VARIABLES if field.name in dataset.data_vars]
    others = sorted(str(name) for name in dataset.data_vars if name not in ordered)
    chosen = dataset[[*ordered, *others]]
    coordinates = {field.name: chosen[field.name] for field in COORDINATES if field.name in chosen.coords}
    chosen = chosen.reset_coords(drop=True).assign_coords(coordinates)
    floats = [str(name) for name, variable in chosen.variables.items() if variable.dtype.kind == "f"]
    # A declared fill value would cost a pass over the array, and NaN says "no fleet" by itself.
    encoding: dict[str, dict[str, object]] = {name: {"_FillValue": None} for name in floats}
    chosen.to_netcdf(path, engine=ENGINE, encoding=encoding)


def read_dataset(path: Path) -> xr.Dataset:
    """Open a file written by `write_dataset`; arrays are read when asked for, and the caller closes it.

    Raises
    ------
    tcosim.results.plain_arrays.NotPlainError
        If it holds anything but arrays of numbers and texts.
    OSError
        If it is no such file, or a truncated one.
    """
    from tcosim.results.plain_arrays import check_plain

    check_plain(path)
    # Values are taken as they stand: attributes of another writer may not scale them or make dates of them.
    return xr.open_dataset(
        path, engine=ENGINE, cache=False, mask_and_scale=False, decode_times=False, decode_timedelta=False
    )
