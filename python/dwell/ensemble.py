"""Several runs together: means over runs of one set-up that differ in their seed."""
import numpy as np

from .errors import DwellFileError
from .run import Run
from .source import matters
from .tables import Table


class Ensemble:
    """Runs in the order given: `runs`, and `ensemble[i]`.

    `differences` are the parameters in which they differ beside seed and output: {key: [value of each run]}. Means need
    runs that don't differ; overlays don't.
    """

    def __init__(self, runs):
        self.runs = [run if isinstance(run, Run) else Run(run) for run in runs]
        if not self.runs:
            raise DwellFileError("no run given; give one or more run directories")
        keys = dict.fromkeys(key for run in self.runs for key in run.params)
        self.differences = {}
        for key in keys:
            values = [run.params.get(key) for run in self.runs]
            if matters(key) and any(v != values[0] for v in values):
                self.differences[key] = values

    def __len__(self):
        return len(self.runs)

    def __iter__(self):
        return iter(self.runs)

    def __getitem__(self, i):
        return self.runs[i]

    def __repr__(self):
        return f"<ensemble of {len(self.runs)} runs: {', '.join(str(run.path) for run in self.runs)}>"

    def refresh(self):
        """Forget what was read."""
        for run in self.runs:
            run.refresh()

    @property
    def same(self):
        """Whether all runs are one set-up with different seeds."""
        seeds = [run.params["seed"] for run in self.runs]
        return not self.differences and len(set(seeds)) == len(seeds)

    def _check(self):
        if not self.same:
            what = ", ".join(self.differences) or "nothing, not even in their seed"
            raise DwellFileError(f"a mean needs runs that differ in their seed only; these differ in {what}")

    @staticmethod
    def _stack(tables, names):
        """Rows with a step that all tables have: steps, and each name as (runs, rows, ...)."""
        steps = tables[0]["step"]
        for table in tables[1:]:
            steps = steps[np.isin(steps, table["step"])]
        places = [np.searchsorted(table["step"], steps) for table in tables]
        return steps, {name: np.stack([table[name][at] for table, at in zip(tables, places)]) for name in names}

    @staticmethod
    def _summary(stacked, path, axes):
        values = dict(axes)
        runs = len(next(iter(stacked.values()))) if stacked else 0
        for name, value in stacked.items():
            values[name] = value.mean(axis=0)
            spread = value.std(axis=0, ddof=1) if runs > 1 else np.full(value.shape[1:], np.nan)
            values[f"{name}_std"] = spread
            values[f"{name}_sem"] = spread / np.sqrt(runs)
        return Table(values, path, attributes={"runs": runs})

    @property
    def timeseries(self):
        """Means over the runs at the steps that all of them have: each column, and with `_std` its standard deviation
        between runs, with `_sem` the standard error of the mean. Cells that a run lacks are NaN."""
        self._check()
        tables = [run.timeseries for run in self.runs]
        names = [name for name in tables[0] if name != "step" and all(name in table for table in tables)]
        steps, stacked = self._stack(tables, names)
        return self._summary(stacked, "mean of time series", {"step": steps})

    def spectra(self, group):
        """The same for a group of spectra.h5: `step`, `tau`, `a`, `k`, `count` and, for each of its values (T,K), mean,
        `_std` and `_sem`. Files' own errors, NAME_error, are left out: what scatters is there instead."""
        self._check()
        tables = [run.spectra[group] for run in self.runs]
        first = tables[0]
        names = [
            name
            for name, value in first.items()
            if value.ndim == 2 and value.shape == (len(first["step"]), len(first["k"])) and not name.endswith("_error")
        ]
        steps, stacked = self._stack(tables, names)
        at = np.searchsorted(first["step"], steps)
        axes = {"step": steps, "tau": first["tau"][at], "a": first["a"][at], "k": first["k"], "count": first["count"]}
        return self._summary(stacked, f"mean of {group}", axes)
