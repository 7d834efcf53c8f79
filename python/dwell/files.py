"""Reading HDF5, CSV and text files of a run, with suspicion."""
import contextlib
import pathlib

import h5py
import numpy as np

from .errors import DwellFileError, DwellMissing
from .tables import Table

FORMAT_VERSION = 3
"""Newest format that this package knows (docs/files.md)."""

_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def plain(value):
    """An attribute as text, number, list or array of Python and numpy."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray) and value.dtype.kind in "SO":
        return [plain(item) for item in value.tolist()]
    if isinstance(value, np.generic):
        return value.item()
    return value


def attributes(item):
    """All attributes of a file, group or dataset as a dict."""
    return {name: plain(value) for name, value in item.attrs.items()}


def check_format(path, root):
    """Refuses files of others and of a newer program."""
    if "format_version" not in root:
        raise DwellFileError(f"{path} isn't a file of dwell: it has no format_version; give a run directory of dwell")
    if root["format_version"] > FORMAT_VERSION:
        raise DwellFileError(
            f"{path} has format {root['format_version']}, this package knows {FORMAT_VERSION} and older ones; "
            f"use the package of the dwell that wrote it ({root.get('provenance.version', 'version unknown')})"
        )


@contextlib.contextmanager
def opened(path, missing="it isn't there"):
    """The HDF5 file and its root attributes; every way it can fail is a DwellFileError.

    Files are renamed into place, so what was opened stays whole while it is read.
    """
    path = pathlib.Path(path)
    try:
        with open(path, "rb") as file:
            start = file.read(len(_SIGNATURE))
    except FileNotFoundError:
        raise DwellMissing(f"{path}: {missing}") from None
    except OSError as reason:
        raise DwellFileError(f"{path} can't be read: {reason.strerror}; check its permissions") from None
    if start != _SIGNATURE:
        raise DwellFileError(
            f"{path} isn't an HDF5 file; it was damaged or comes from another program, so restore it "
            "from a copy or run again"
        )
    try:
        with h5py.File(path, "r") as file:
            root = attributes(file)
            check_format(path, root)
            yield file, root
    except (OSError, LookupError, RuntimeError, ValueError, TypeError) as reason:
        text = str(reason).strip("'\"")
        raise DwellFileError(f"{path} is damaged or incomplete ({text}); restore it from a copy or run again") from None


def read_group(group, path):
    """Everything in an HDF5 group as a Table; groups inside become Tables."""
    values, units, descriptions = {}, {}, {}
    for name, item in group.items():
        if isinstance(item, h5py.Group):
            values[name] = read_group(item, f"{path}/{name}")
        else:
            values[name] = plain(item[()])
            units[name] = plain(item.attrs.get("unit", ""))
            descriptions[name] = plain(item.attrs.get("description", ""))
    return Table(values, path, units, descriptions, attributes(group))


def read_file(path, missing="it isn't there"):
    """All groups of an HDF5 file as a Table of Tables; its root attributes are `attributes`."""
    with opened(path, missing) as (file, _):
        return read_group(file, str(path))


def read_text(path, missing="it isn't there"):
    """A text file, UTF-8."""
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise DwellMissing(f"{path}: {missing}") from None
    except OSError as reason:
        raise DwellFileError(f"{path} can't be read: {reason.strerror}; check its permissions") from None


def _number(cell, path, line, column):
    if cell == "":
        return np.nan
    try:
        return float(cell)
    except ValueError:
        raise DwellFileError(
            f"{path}, line {line}, column {column}: {cell[:40]!r} is no number; restore the file from "
            "a copy or run again"
        ) from None


def read_csv(path, missing="it isn't there"):
    """timeseries.csv as a Table of columns: `step` of integers, the others of reals, NaN where a cell is empty.

    A last line without its newline is one that is being written, and is left out.
    """
    text = read_text(path, missing)
    whole = text[: text.rfind("\n") + 1].splitlines()
    if not whole or not whole[0].startswith("step,tau,"):
        raise DwellFileError(
            f"{path} isn't a time series of dwell: its first line doesn't begin with step,tau; "
            "give a run directory of dwell"
        )
    names = whole[0].split(",")
    rows = np.empty((len(whole) - 1, len(names)))
    for i, line in enumerate(whole[1:]):
        cells = line.split(",")
        if len(cells) != len(names):
            raise DwellFileError(
                f"{path}, line {i + 2}: {len(cells)} cells instead of {len(names)}; restore the file "
                "from a copy or run again"
            )
        rows[i] = [_number(cell, path, i + 2, name) for name, cell in zip(names, cells)]
    columns = {name: rows[:, c].copy() for c, name in enumerate(names)}
    if not np.all(np.isfinite(columns["step"])):
        raise DwellFileError(f"{path}: a row has no step; restore the file from a copy or run again")
    columns["step"] = columns["step"].astype(np.int64)
    return Table(columns, path)


def read_columns(path, names, missing="it isn't there"):
    """A text file of rows of numbers, # begins a comment, as a Table of columns."""
    rows = []
    for i, line in enumerate(read_text(path, missing).splitlines()):
        cells = line.split("#", 1)[0].split()
        if cells and len(cells) != len(names):
            raise DwellFileError(f"{path}, line {i + 1}: {len(cells)} numbers instead of {len(names)}")
        if cells:
            rows.append([_number(cell, path, i + 1, name) for name, cell in zip(names, cells)])
    table = np.array(rows, dtype=float).reshape(len(rows), len(names))
    return Table({name: table[:, c].copy() for c, name in enumerate(names)}, path)
