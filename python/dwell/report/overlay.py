"""Curves of others beside the spectrum today: two columns of text, frequency in Hz and h²Ω or characteristic strain."""
import dataclasses
import pathlib
import re

import numpy as np

from .. import files
from ..errors import DwellFileError

HUBBLE_100 = 3.240779289e-18
"""100 km/s/Mpc in Hz."""


@dataclasses.dataclass
class Curve:
    """`frequency` (Hz), `omega` (h²Ω), `error` (h²Ω, or None), `label`."""

    frequency: np.ndarray
    omega: np.ndarray
    error: object
    label: str


def omega_from_strain(frequency, strain):
    """h²Ω = 2π² f² h_c² / 3 (100 km/s/Mpc)²."""
    return 2 * np.pi**2 * frequency**2 * strain**2 / (3 * HUBBLE_100**2)


def read_curve(path, label=None):
    """A file of docs/report.md: a line `# quantity: h2Omega` or `# quantity: hc`, then rows of two or three numbers."""
    rows, quantity = [], None
    for i, line in enumerate(files.read_text(path).splitlines()):
        stated = re.match(r"#\s*quantity\s*:\s*(\S+)\s*$", line)
        if stated and quantity is None:
            quantity = stated[1]
        cells = line.split("#", 1)[0].replace(",", " ").split()
        if not cells:
            continue
        try:
            row = [float(cell) for cell in cells]
        except ValueError:
            raise DwellFileError(
                f"{path}, line {i + 1}: {line.strip()[:40]!r} isn't numbers; rows are frequency in Hz and "
                "value, comments begin with #"
            ) from None
        if len(row) not in (2, 3) or (rows and len(row) != len(rows[0])):
            raise DwellFileError(f"{path}, line {i + 1}: {len(row)} numbers; every row has two, or three with an error")
        if not (np.all(np.isfinite(row)) and row[0] > 0):
            raise DwellFileError(f"{path}, line {i + 1}: a frequency must be positive and every number finite")
        rows.append(row)
    if quantity not in ("h2Omega", "hc"):
        raise DwellFileError(f"{path}: no line says what it holds; put '# quantity: h2Omega' or '# quantity: hc' first")
    if not rows:
        raise DwellFileError(f"{path} has no row of numbers")
    table = np.array(rows)
    f, value = table[:, 0], table[:, 1]
    error = table[:, 2] if table.shape[1] == 3 else None
    if quantity == "hc":
        error = None if error is None else 2 * omega_from_strain(f, value) * error / np.where(value == 0, np.inf, value)
        value = omega_from_strain(f, value)
    return Curve(f, value, error, label or pathlib.Path(path).stem)
