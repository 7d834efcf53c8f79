#!/usr/bin/env python3
"""active.py DWELL DIRECTORY [REALISATIONS]: how many points an active scan needs, beside random and Sobol ones.

Scans the same four parameters of a small box in the three ways, and evaluates emulators that learned from the first n points of
each on a scan of other points and seeds; all of it REALISATIONS (6) times, with other seeds and other random points. Prints the
rms error of the logarithm (seed noise subtracted), rms over the realisations, against n, and how many points reach the error of 96,
72 and 48 random ones. Checks are switched off, so that all points are learned from. Scans that are there are kept.
"""
import math
import os
import pathlib
import re
import subprocess
import sys

import h5py

BASE = """
lattice = { points = 48; length = 12.0; };
time = { end = 4.0; step = 0.25; };
fields = { initial = { cutoff_width = 0.3; }; };
analysis = { interval = 0.5; spectra_interval = 0.5; domains = false; };
store = { slices = 0.0; checkpoint_minutes = 0.0; };
"""
SCAN = """
base = "base.cfg";
seeds = 4;
blind_every = 0;
quantities = ( "etc/value", "gw/drho_dlnk", "area_parameter_h", "velocity" );
parameters = ( { key = "cosmology.w"; min = 0.0; max = 1.0; },
               { key = "fields.initial.cutoff"; min = 1.5; max = 4.0; scale = "log"; },
               { key = "fields.initial.rms"; min = 0.03; max = 0.3; scale = "log"; },
               { key = "fields.s"; min = 0.0; max = 0.5; } );
"""
POINTS, START, BATCH, TEST = 96, 12, 6, 64
COUNTS = range(12, 97, 12)
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
QUANTITIES = ("etc/value", "gw/drho_dlnk", "area_parameter_h", "velocity")
DESIGNS = {
    "random": ("design=random", f"points={POINTS}"),
    "sobol": ("design=sobol", f"points={POINTS}"),
    "active": ("design=active", f"points={START}", f"batch={BATCH}", f"budget={4 * POINTS}", "target=1e-6"),
}


def scan(dwell, folder, name, *sets):
    done = folder / name / "dataset.h5"
    if not done.exists():
        command = ["mpirun", "--bind-to", "none", "-n", str(os.cpu_count()), dwell, "scan", folder / "scan.cfg", "--quiet"]
        command += ["--set", f"output={folder / name}"]
        for assignment in sets:
            command += ["--set", assignment]
        subprocess.run(command, check=True, env=ONE_THREAD)
    return done


def first_points(dataset, count, path):
    """The runs of the first `count` points as a data set of their own."""
    with h5py.File(dataset, "r") as old, h5py.File(path, "w") as new:
        runs = old["runs/point"][()] < count
        for name, value in old.attrs.items():
            new.attrs[name] = value

        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                per_run = not name.startswith("parameters/") and name != "timeseries/column"
                new.create_dataset(name, data=item[()][runs] if per_run else item[()], dtype=item.dtype)

        old.visititems(copy)
    return path


def errors(dwell, dataset, test, model):
    """rms errors of the logarithm by quantity."""
    command = [dwell, "surrogate", "train", dataset, "--output", model]
    for name in QUANTITIES:
        command += ["--quantity", name]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    text = subprocess.run([dwell, "surrogate", "evaluate", model, test], check=True, capture_output=True, text=True).stdout
    found = {}
    for line in text.splitlines():
        match = re.match(r"(etc/value|gw/drho_dlnk|area_parameter_h|velocity) +([0-9.]+) ", line)
        if match and match[1] not in found:
            found[match[1]] = float(match[2])
    return found


def needed(curve, goal):
    """Points at which the error falls to the goal for good, linear between those measured; NaN if it doesn't."""
    above = [n for n in COUNTS if curve[n] > goal]
    if not above:
        return COUNTS[0]
    if above[-1] == COUNTS[-1]:
        return math.nan
    low = above[-1]
    high = COUNTS[COUNTS.index(low) + 1]
    return low + (high - low) * (curve[low] - goal) / (curve[low] - curve[high])


def share(count, points):
    return f"more than {POINTS}" if math.isnan(count) else f"{count:.0f} ({100 * count / points:.0f} %)"


def realisation(dwell, folder, test, seed):
    """errors[design][n][quantity]"""
    found = {}
    for name, own in DESIGNS.items():
        data = scan(dwell, folder, f"{name}{seed}", f"base.seed={100 * seed}", *own)
        found[name] = {n: errors(dwell, first_points(data, n, folder / "part.h5"), test, folder / "model.h5") for n in COUNTS}
    return found


def tell(found):
    """The table, and points needed over those of the random design."""
    for q in QUANTITIES:
        curves = {name: {n: math.sqrt(sum(f[name][n][q] ** 2 for f in found) / len(found)) for n in COUNTS} for name in DESIGNS}
        print(f"{q}\npoints " + " ".join(f"{n:6d}" for n in COUNTS))
        for name, curve in curves.items():
            print(f"{name:6s} " + " ".join(f"{curve[n]:6.3f}" for n in COUNTS))
        for points in (96, 72, 48):
            goal = curves["random"][points]
            shares = ", ".join(f"{name} {share(needed(curves[name], goal), points)}" for name in ("sobol", "active"))
            print(f"the error of {points} random points, {goal:.3f}: {shares}")


def main():
    dwell, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    realisations = int(sys.argv[3]) if len(sys.argv) > 3 else 6
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.cfg").write_text(BASE)
    (folder / "scan.cfg").write_text(SCAN)
    test = scan(dwell, folder, "test", "design=random", f"points={TEST}", "base.seed=7001")
    tell([realisation(dwell, folder, test, seed) for seed in range(1, realisations + 1)])


main()
