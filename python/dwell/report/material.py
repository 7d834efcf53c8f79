"""What a report is made from, and how runs are told apart in plots."""
import dataclasses

import numpy as np

from ..ensemble import Ensemble
from . import style


@dataclasses.dataclass
class Plot:
    """A section with a plot: `name` of the files, `title`, the matplotlib figure, `caption` (text)."""

    name: str
    title: str
    figure: object
    caption: str


@dataclasses.dataclass
class Material:
    """`runs`, the measured or published curves (`overlay.Curve`) to put beside them, and the analysis of all runs
    together (`joint.Joint`), where there is one."""

    runs: Ensemble
    curves: list
    joint: object = None

    @property
    def first(self):
        return self.runs[0]

    @property
    def analysed(self):
        """Whose analysis plots show: that of all runs together, else the first run's own."""
        return self.joint or self.first

    @property
    def analysis_said(self):
        """The end of a caption that says whose analysis it is."""
        if self.joint:
            return f" The analysis is that of the {len(self.runs)} runs together."
        return f" The analysis is that of the first run, {self.first.path.name}." if self.averaged else ""

    @property
    def averaged(self):
        """Several runs of one set-up: a mean makes sense."""
        return len(self.runs) > 1 and self.runs.same

    @property
    def compared(self):
        """Several runs that differ in more than their seed."""
        return len(self.runs) > 1 and not self.runs.same

    def label(self, i):
        """What tells run i apart: at most three parameters, else its directory."""
        keys = list(self.runs.differences)
        if keys and len(keys) <= 3:
            return ", ".join(f"{key.split('.')[-1]} = {number(self.runs.differences[key][i])}" for key in keys)
        return self.runs[i].path.name or str(self.runs[i].path)


def number(value):
    """A parameter for people."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, (int, float)) else str(value)


def with_error(value, error):
    """A measured number for people, with its error where it has one."""
    if not np.isfinite(value):
        return "–"
    return f"{value:.4g}" + (f" ± {error:.2g}" if np.isfinite(error) and error > 0 else "")


def is_radiation(run):
    params = run.params
    return params.get("cosmology.background") == "power-law" and abs(params.get("cosmology.w", 0) - 1 / 3) < 1e-3


def has_published_area(given):
    """Whether published numbers for networks of one field with two vacua in radiation domination apply to all runs."""
    return all(
        is_radiation(run)
        and run.params.get("fields.potential") in ("double-well", "sine-gordon", "phi6")
        and not run.params.get("fields.bias")
        for run in given.runs
    )


def some_times(tau, most=6, start=0.0):
    """Indices of at most so many times, even in ln tau, the last one included, the first one and those before `start`
    of the last one left out."""
    tau = np.asarray(tau)
    later = (
        np.flatnonzero((np.arange(len(tau)) > 0) & (tau >= start * tau[-1])) if len(tau) > 1 else np.arange(len(tau))
    )
    if len(later) <= most:
        return later.tolist()
    logarithm = np.log(np.maximum(tau[later], 1e-3))
    wanted = np.linspace(logarithm[0], logarithm[-1], most)
    return sorted({int(later[np.argmin(np.abs(logarithm - at))]) for at in wanted})


def positive(x, y):
    """What a logarithmic axis can show."""
    return np.where(np.isfinite(y) & (y > 0) & (np.asarray(x) > 0), y, np.nan)


def shade_invalid(axes, run):
    """Greys the times at which walls aren't resolved or the horizon has left the box; True where there are some."""
    table = run.timeseries
    if "valid" not in table or not np.any(table["valid"] == 0):
        return False
    tau, bad = table["tau"], table["valid"] == 0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bad, [False]]).astype(int)))
    for begin, end in zip(edges[::2], edges[1::2]):
        for one in axes:
            one.axvspan(
                tau[begin],
                tau[min(end, len(tau) - 1)],
                facecolor=style.SHADE,
                alpha=0.16,
                linewidth=0,
                hatch="//",
                edgecolor=style.SHADE,
            )
    return True


INVALID = " Grey: the walls are thinner than two lattice spacings there, or the horizon exceeds the box."
BAND = " Thin lines: single runs; thick: their mean; band: their standard deviation."
