"""What `dwell analyse` found of several runs together."""
import pathlib

import numpy as np

from .. import files
from ..errors import DwellFileError
from ..source import foreign


class Joint:
    """An analysis of several runs, in the shape that plots know of a run's own: `analysis`, `analysis_text`, `has`.

    `runs` are the directories it names, `seeds` their seeds.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.analysis = files.read_file(
            self.path / "analysis.h5", "it isn't there; `dwell analyse RUN... --output DIR` writes it to DIR"
        )
        source = self.analysis.attributes
        self.runs = [str(run) for run in np.atleast_1d(source.get("source.runs", []))]
        self.seeds = [int(seed) for seed in np.atleast_1d(source.get("source.seed", []))]
        text = self.path / "analysis.txt"
        self.analysis_text = files.read_text(text) if text.is_file() else None

    def has(self, name):
        """As of a run: "analysis", "analysis.walls", "analysis_text"."""
        if name == "analysis_text":
            return self.analysis_text is not None
        return name == "analysis" or name.startswith("analysis.") and name.split(".", 1)[1] in self.analysis


def find(runs, given, output):
    """The joint analysis of the runs, or None: in the directory `given`, which must fit, or in `output`/analysis."""
    if given is None and not runs.same:
        return None
    places = [given, given / "analysis"] if given is not None else [output / "analysis"]
    path = next((place for place in places if (place / "analysis.h5").is_file()), places[0])
    if given is None and not (path / "analysis.h5").is_file():
        return None
    found = Joint(path)
    reason = "these runs differ in more than their seed" if not runs.same else foreign(found.analysis.attributes, runs)
    if reason is None:
        return found
    if given is None:  # such as that of the first run alone
        return None
    raise DwellFileError(f"--analysis: {path} isn't the analysis of these runs together: {reason}")


def numbers(found):
    """Rows of a table: section, quantity, value ± error, unit, meaning; of what the file gives as a number and its error."""
    rows = []
    for section in ("walls", "correlator", "coherence", "waves"):
        table = found.analysis.get(section, {})
        for name, value in table.items():
            value = np.atleast_1d(value)
            about = table.descriptions[name]
            if value.shape == (6,) and section == "walls":
                for i, part in enumerate(("mean", "drift", "limit")):
                    rows.append((section, f"{name}, {part}", value[2 * i], value[2 * i + 1], "1", _WALLS[part]))
            elif value.shape == (2,) and about.endswith(", its error"):
                rows.append((section, name, value[0], value[1], table.units[name], about[: -len(", its error")]))
    return [row for row in rows if np.isfinite(row[2])]


_WALLS = {"mean": "mean over ln tau", "drift": "d/dln tau", "limit": "limit A of A + B/tau"}
