#!/usr/bin/env python3
"""active.py DWELL DIRECTORY [REALISATIONS]: how many runs an active scan needs, beside random and Sobol ones.

Scans the same four parameters of a small box in several ways, four or two seeds a point, and evaluates emulators that learned from
the first runs of each on a scan of other points and seeds; all of it REALISATIONS (6) times, with other seeds and other random
points. Prints the rms error of the logarithm (seed noise subtracted), rms over the realisations, against the number of runs, and how
many runs reach the error of 384, 288 and 192 runs at random points with four seeds each. Checks are switched off, so that all points are
learned from. Scans that are there are kept.
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
blind_every = 0;
quantities = ( "etc/value", "gw/drho_dlnk", "area_parameter_h", "velocity" );
parameters = ( { key = "cosmology.w"; min = 0.0; max = 1.0; },
               { key = "fields.initial.cutoff"; min = 1.5; max = 4.0; scale = "log"; },
               { key = "fields.initial.rms"; min = 0.03; max = 0.3; scale = "log"; },
               { key = "fields.s"; min = 0.0; max = 0.5; } );
"""
RUNS, START, BATCH, TEST = 384, 48, 24, 64  # runs, runs, runs, points
COUNTS = range(48, RUNS + 1, 48)
ONE_THREAD = os.environ | {"OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
QUANTITIES = ("etc/value", "gw/drho_dlnk", "area_parameter_h", "velocity")
DESIGNS = [("random", 4), ("sobol", 4), ("active", 4), ("random", 2), ("active", 2)]  # and seeds a point
REFERENCE = ("random", 4)


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


def realisation(dwell, folder, test, seed):
    """errors[design][runs][quantity]"""
    found = {}
    for design, seeds in DESIGNS:
        own = [f"design={design}", f"seeds={seeds}", f"points={(START if design == 'active' else RUNS) // seeds}"]
        if design == "active":
            own += [f"batch={BATCH // seeds}", f"budget={RUNS}", "target=1e-6"]
        data = scan(dwell, folder, f"{design}-{seeds}-{seed}", f"base.seed={100 * seed}", *own)
        found[design, seeds] = {
            n: errors(dwell, first_points(data, n // seeds, folder / "part.h5"), test, folder / "model.h5") for n in COUNTS
        }
    return found


def needed(curve, goal):
    """Runs at which the error falls to the goal for good, linear between those measured; NaN if it doesn't."""
    above = [n for n in COUNTS if curve[n] > goal]
    if not above:
        return COUNTS[0]
    if above[-1] == COUNTS[-1]:
        return math.nan
    low = above[-1]
    high = COUNTS[COUNTS.index(low) + 1]
    return low + (high - low) * (curve[low] - goal) / (curve[low] - curve[high])


def share(count, runs):
    return f"more than {RUNS}" if math.isnan(count) else f"{count:.0f} ({100 * count / runs:.0f} %)"


def tell(found):
    """The table, and runs needed over those of the random design."""
    for q in QUANTITIES:
        curves = {own: {n: math.sqrt(sum(f[own][n][q] ** 2 for f in found) / len(found)) for n in COUNTS} for own in DESIGNS}
        print(f"{q}\nruns            " + " ".join(f"{n:6d}" for n in COUNTS))
        for (design, seeds), curve in curves.items():
            print(f"{design:6s} {seeds} seeds  " + " ".join(f"{curve[n]:6.3f}" for n in COUNTS))
        for runs in (384, 288, 192):
            goal = curves[REFERENCE][runs]
            others = [f"{own[0]} {own[1]}: {share(needed(curves[own], goal), runs)}" for own in DESIGNS if own != REFERENCE]
            print(f"the error of {runs} random runs, {goal:.3f}: " + ", ".join(others))


def main():
    dwell, folder = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    realisations = int(sys.argv[3]) if len(sys.argv) > 3 else 6
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "base.cfg").write_text(BASE)
    (folder / "scan.cfg").write_text(SCAN)
    test = scan(dwell, folder, "test", "design=random", "seeds=4", f"points={TEST}", "base.seed=7001")
    tell([realisation(dwell, folder, test, seed) for seed in range(1, realisations + 1)])


main()
