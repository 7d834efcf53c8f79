#!/usr/bin/env python3
"""scan_recompute.py SCAN: data set and ensembles of a scan with keep_runs, against the files of its runs; 0 or 1."""
import csv
import pathlib
import sys

import h5py
import numpy as np

SPECTRA = {"field": ["power"], "etc": ["value"], "gw": ["drho_dlnk", "omega"]}
wrong = []


def expect(good, what):
    if not good:
        wrong.append(what)


def same(a, b):
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


def rows_of(run):
    with open(run / "timeseries.csv", newline="") as file:
        lines = list(csv.reader(file))
    return lines[0], np.array([[float(cell) if cell else np.nan for cell in line] for line in lines[1:]])


def compare_run(data, index, run):
    names, rows = rows_of(run)
    columns = data["timeseries/column"].asstr()[()].tolist()
    value = data["timeseries/value"][index]
    expect(same(value[: len(rows), [columns.index(name) for name in names]], rows), f"{run.name}: time series")
    expect(np.isnan(value[len(rows) :]).all(), f"{run.name}: rows beyond its own")
    with h5py.File(run / "spectra.h5", "r") as spectra:
        for group, names in SPECTRA.items():
            times, bins = spectra[group][names[0]].shape
            expect(same(data[group]["tau"][index, :times], spectra[group]["tau"][()]), f"{run.name}: {group}/tau")
            for axis in ("k", "count"):
                found = data[group][axis][index, :bins]
                expect(same(found, spectra[group][axis][()].astype(float)), f"{run.name}: {group}/{axis}")
            for name in names:
                found = data[group][name][index]
                expect(same(found[:times, :bins], spectra[group][name][()]), f"{run.name}: {group}/{name}")
                expect(np.isnan(found[:, bins:]).all(), f"{run.name}: bins of {group}/{name} beyond its own")


def compare_means(data, means, name):
    runs, points = data["runs"], means["points"]
    expect(len(points["point"]) > 1, "only one point")
    for index, (point, level) in enumerate(zip(points["point"][()], points["level"][()])):
        chosen = (runs["point"][()] == point) & (runs["level"][()] == level)
        value = data[name][()][chosen]
        expect(points["seeds"][index] == len(value) > 1, f"seeds of point {point}")
        expect(points["blind"][index] == (point % 2 == 1), f"point {point} is a check, or isn't")
        mean, error = value.mean(axis=0), value.std(axis=0, ddof=1) / np.sqrt(len(value))
        scale = 1e-12 * np.nan_to_num(np.abs(mean)) + 1e-300
        for found, expected, what in ((means[name][index], mean, "mean"), (means[name + "_error"][index], error, "error")):
            expect(np.array_equal(np.isnan(found), np.isnan(expected)), f"{name} of point {point}: empty {what}s")
            expect((np.nan_to_num(np.abs(found - expected)) <= scale).all(), f"{name} of point {point}: {what}")


def main():
    scan = pathlib.Path(sys.argv[1])
    with h5py.File(scan / "dataset.h5", "r") as data, h5py.File(scan / "ensemble.h5", "r") as means:
        ids = data["runs/id"].asstr()[()].tolist()
        expect(len(ids) == len(list((scan / "runs").iterdir())) > 0, "runs in the data set")
        expect((data["runs/seconds"][()] > 0).all(), "seconds")
        for index, name in enumerate(ids):
            compare_run(data, index, scan / "runs" / name)
        for name in ["timeseries/value"] + [f"{group}/{name}" for group, names in SPECTRA.items() for name in names]:
            compare_means(data, means, name)
    for what in wrong:
        print(what, file=sys.stderr)
    return 1 if wrong else 0


sys.exit(main())
