#!/usr/bin/env python3
"""Runs of two directories as the data set of a scan with one point, for docs/paired.sh:
   docs/paired.py FINE_DIRECTORY CHEAP_DIRECTORY DATASET
Each directory holds finished runs, named by their seeds. The layout is that of docs/files.md."""
import csv
import os
import re
import sys

import h5py
import numpy as np

SPECTRA = {"field": ["power"], "etc": ["value"], "gw": ["drho_dlnk", "omega"]}


def read_run(directory, seed):
    """Axes, spectra, time series and the seconds of the run's log, from its rate, which has more digits."""
    path = os.path.join(directory, str(seed))
    with open(os.path.join(path, "run.log")) as file:
        log = file.read()
    done = re.search(r"^done .*?, ([\d.e+]+) sites/s", log, re.M)
    if not done:
        sys.exit(f"{path} isn't finished; run it again")
    points = int(re.search(r"^lattice +(\d+)\^3", log, re.M)[1])
    steps = int(re.search(r"^time .* in (\d+) steps", log, re.M)[1])
    run = {"seed": seed, "seconds": points**3 * steps / float(done[1])}
    with open(os.path.join(path, "timeseries.csv")) as file:
        rows = list(csv.reader(file))
    run["column"] = rows[0]
    run["series"] = np.array([[float(cell or "nan") for cell in row] for row in rows[1:]])
    with h5py.File(os.path.join(path, "spectra.h5"), "r") as file:
        run["root"] = dict(file.attrs)
        for group, values in SPECTRA.items():
            for name in ["tau", "k", "count"] + values:
                run[f"{group}/{name}"] = file[f"{group}/{name}"][()]
    return run


def padded(arrays):
    """Stacked, NaN beyond the shorter ones."""
    shape = np.max([a.shape for a in arrays], axis=0)
    out = np.full((len(arrays), *shape), np.nan)
    for i, a in enumerate(arrays):
        out[(i, *map(slice, a.shape))] = a
    return out


def main(fine, cheap, dataset):
    runs = [(level, read_run(directory, seed)) for level, directory in enumerate([fine, cheap])
            for seed in sorted(int(name) for name in os.listdir(directory) if name.isdigit())]
    with h5py.File(dataset, "w") as file:
        for name, value in runs[0][1]["root"].items():
            file.attrs[name] = value
        file.attrs["dataset_version"] = 1
        for name in ["base", "cheap", "scan"]:
            file.attrs[name] = ""
        for name in ["key", "unit"]:
            file.create_dataset(f"parameters/{name}", (0,), dtype=h5py.string_dtype())
        for name, kind in [("low", "f8"), ("high", "f8"), ("logarithmic", "i8")]:
            file.create_dataset(f"parameters/{name}", (0,), dtype=kind)
        file["runs/id"] = [f"point0000-seed{run['seed']}-{['fine', 'cheap'][level]}" for level, run in runs]
        file["runs/point"] = np.zeros(len(runs), "i8")
        file["runs/seed"] = np.array([run["seed"] for _, run in runs], "i8")
        file["runs/level"] = np.array([level for level, _ in runs], "i8")
        file["runs/blind"] = np.zeros(len(runs), "i8")
        file["runs/seconds"] = np.array([run["seconds"] for _, run in runs])
        file["runs/values"] = np.zeros((len(runs), 0))
        file["timeseries/column"] = runs[0][1]["column"]
        file["timeseries/value"] = padded([run["series"] for _, run in runs])
        for group, values in SPECTRA.items():
            for name in ["tau", "k", "count"] + values:
                file[f"{group}/{name}"] = padded([run[f"{group}/{name}"] for _, run in runs])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
