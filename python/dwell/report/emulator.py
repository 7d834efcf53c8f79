"""What an emulator of a scan says, asked of `dwell surrogate`: nothing of it is computed here."""
import csv
import dataclasses
import pathlib
import tempfile

import numpy as np

from .. import files
from ..errors import DwellFileError
from .program import ask

LINES = 5
"""Places along each parameter whose spectra are shown."""
MOST_PARAMETERS = 4
"""Of so many parameters each has plots of its own."""
VERDICTS = (0, 10, 11)
"""Exit codes of `predict`: OK, DEGRADED, OUT."""
PLANE, ROD = 33, 240
"""Places of the map of two parameters, along each, and of one."""


@dataclasses.dataclass
class Line:
    """Along parameter `d`, others in the middle: `values`, `status`, `simulated` (point number or None) of each place."""

    d: int
    values: np.ndarray
    status: list
    simulated: list
    rows: slice


@dataclasses.dataclass
class Map:
    """Verdicts over parameters `d` and `e` (None: over d alone), others in the middle.

    `x`, `y` are values of the parameters, `status` words of shape (y, x) or (x,), `error` {quantity: same shape}.
    """

    d: int
    e: object
    x: np.ndarray
    y: object
    status: np.ndarray
    error: dict


class Emulator:
    """A model of a data set, what it was compared with, and its predictions for the page.

    `quantities` are their names; `evaluation` the file of `evaluate`, `held_out` "checks" or "cross-validation";
    `lines`, `maps`, and `predictions`, the file of `predict` for all lines. `left_out` has (n, 2) for each quantity: the
    rms error of each learned point, left out, and what was expected.
    """

    def __init__(self, model, dataset, folder):
        folder = pathlib.Path(folder)
        self.path, self.dataset = pathlib.Path(model), dataset
        ask("surrogate", "evaluate", model, dataset.path, "--hdf5", folder / "evaluation.h5")
        self.evaluation = files.read_file(folder / "evaluation.h5")
        with files.opened(model) as (file, root):
            self.attributes = root
            parts = [file[f"quantity{q}"] for q in range(int(root["quantities"]))]
            self.quantities = [files.plain(part.attrs["name"]) for part in parts]
            self.left_out = {name: part["check"][()] for name, part in zip(self.quantities, parts)}
        self.held_out, self.bound = self.evaluation.attributes["held_out"], self.evaluation.attributes["bound"]
        self._ask_lines(folder)
        self._ask_maps(folder)

    def found(self, quantity):
        """The comparisons of a quantity."""
        return group_of(self.evaluation, quantity)

    def predicted(self, quantity):
        """Predictions at all places of the lines: (P, T, K)."""
        return group_of(self.predictions, quantity)

    # --- places ---

    def place(self, coordinate, d):
        """The parameter at -1 ... 1 of its range."""
        low, high, part = self.dataset.low[d], self.dataset.high[d], 0.5 * (coordinate + 1)
        return low * (high / low) ** part if self.dataset.logarithmic[d] else low + (high - low) * part

    def coordinates(self):
        """{point: coordinates} of all points that have full runs."""
        data, found = self.dataset, {}
        for point in data.points():
            x = data.values[data.members(point)[0]]
            found[int(point)] = np.array([self._coordinate(value, d) for d, value in enumerate(x)])
        return found

    def _coordinate(self, value, d):
        low, high = self.dataset.low[d], self.dataset.high[d]
        if self.dataset.logarithmic[d]:
            return 2 * np.log(value / low) / np.log(high / low) - 1
        return 2 * (value - low) / (high - low) - 1

    def _middle(self):
        return np.array([self.place(0.0, d) for d in range(len(self.dataset.keys))])

    def _ask_lines(self, folder):
        rows, self.lines = [], []
        everywhere = self.coordinates()
        for d in range(min(len(self.dataset.keys), MOST_PARAMETERS)):
            points = along(everywhere, d)
            if len(points) >= 3:
                values = [float(self.dataset.values[self.dataset.members(point)[0], d]) for point in points]
            else:
                points = [None] * LINES
                values = [self.place(x, d) for x in np.linspace(-0.8, 0.8, LINES)]
            self.lines.append(Line(d, np.array(values), [], points, slice(len(rows), len(rows) + len(values))))
            for value, point in zip(values, points):
                row = self._middle() if point is None else self.dataset.values[self.dataset.members(point)[0]].copy()
                row[d] = value
                rows.append(row)
        self._write(folder / "lines.txt", rows)
        ask(
            *("surrogate", "predict", self.path, "--places", folder / "lines.txt", "--hdf5", folder / "lines.h5"),
            codes=VERDICTS,
        )
        self.predictions = files.read_file(folder / "lines.h5")
        words = [str(word) for word in self.predictions["places"]["status"]]
        for line in self.lines:
            line.status = words[line.rows]

    def _ask_maps(self, folder):
        dims, rows, shapes = min(len(self.dataset.keys), MOST_PARAMETERS), [], []
        if dims == 1:
            x = np.array([self.place(c, 0) for c in np.linspace(-1.08, 1.08, ROD)])
            shapes.append((0, None, x, None))
            rows = [[*self._middle()] for _ in x]
            for row, value in zip(rows, x):
                row[0] = value
        for e in range(1, dims):
            for d in range(e):
                cells = np.linspace(-1, 1, PLANE)
                x, y = (np.array([self.place(c, axis) for c in cells]) for axis in (d, e))
                shapes.append((d, e, x, y))
                for second in y:
                    for first in x:
                        row = self._middle()
                        row[d], row[e] = first, second
                        rows.append(row)
        self._write(folder / "map.txt", rows)
        ask(
            *("surrogate", "predict", self.path, "--places", folder / "map.txt", "--csv", folder / "map.csv"),
            codes=VERDICTS,
        )
        self.maps = self._read_maps(folder / "map.csv", shapes)

    def _read_maps(self, path, shapes):
        with open(path, newline="", encoding="utf-8") as file:
            table = list(csv.DictReader(file))
        maps, at = [], 0
        for d, e, x, y in shapes:
            shape = (len(x),) if y is None else (len(y), len(x))
            some = table[at : at + int(np.prod(shape))]
            at += len(some)
            status = np.array([row["status"] for row in some]).reshape(shape)
            error = {
                name: np.array([float(row[f"error_{name}"] or "nan") for row in some]).reshape(shape)
                for name in self.quantities
            }
            maps.append(Map(d, e, x, y, status, error))
        return maps

    def _write(self, path, rows):
        lines = [" ".join(self.dataset.keys)] + [" ".join(repr(float(value)) for value in row) for row in rows]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def group_of(file, quantity):
    """The table of "etc/value" or "velocity" in a file that has a group for each quantity."""
    for part in quantity.split("/"):
        file = file[part]
    return file


def along(coordinates, d, most=LINES):
    """At most so many points that lie on the line through the middle along d, even in their order, ends included."""
    on = [p for p, x in coordinates.items() if np.all(np.abs(np.delete(x, d)) < 1e-6)]
    on.sort(key=lambda p: coordinates[p][d])
    if len(on) <= most:
        return on
    return [on[i] for i in np.unique(np.linspace(0, len(on) - 1, most).round().astype(int))]


def train(model, dataset):
    """`dwell surrogate train` with its defaults."""
    ask("surrogate", "train", dataset.path, "--output", model)


def read(model, dataset):
    """The emulator; its files go again."""
    with tempfile.TemporaryDirectory(prefix="dwell-report-") as folder:
        return Emulator(model, dataset, folder)


def find(dataset, model, wanted):
    """(Emulator or None, what the page says in its place). A model that was named must be there and fit."""
    if not dataset.keys:
        return None, "Emulator: nothing is scanned, so there is nothing to emulate."
    own = dataset.path.parent / "model.h5"
    path = pathlib.Path(model) if model else own
    if wanted:
        train(path, dataset)
    if not path.exists() and not model:
        return None, (
            "Emulator: this scan has no model yet. "
            f"`dwell surrogate train {dataset.path} --output {own}` trains one, which the next report finds, and "
            f"`dwell report {dataset.path.parent} --train` does both."
        )
    try:
        return read(path, dataset), None
    except DwellFileError as reason:
        if model or wanted:
            raise
        return None, f"Emulator: {path} doesn't serve here: {reason}"
