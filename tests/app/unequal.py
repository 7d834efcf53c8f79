"""unequal.py RUN: what a run says of unequal times agrees with itself; 0 or 1.

At a reference time the correlator is the equal-time one, bit for bit; it doesn't depend on the order of the times; and
the tracks give it again where they hold every mode of a shell.
"""
import pathlib
import sys

import h5py
import numpy as np


def check_references(etc, utc, earlier, wrong):
    shells = utc["value"].shape[2]
    steps = list(utc["step"])
    at = [int(np.argmin(abs(utc["tau"] - tau))) for tau in utc["reference_tau"]]
    within = [r for r, t in enumerate(at) if utc["reference_tau"][r] <= utc["tau"][-1] + 1e-9]
    if len(within) < 3 or len(set(at)) != len(at):
        wrong.append(f"reference times {utc['reference_tau']}")
    for r in within:
        for name in ("value", "value_error"):
            if utc[name][r, at[r]].tobytes() != etc[name][steps.index(steps[at[r]]), :shells].tobytes():
                wrong.append(f"reference {r}: {name} isn't that of equal times")
        for t in range(len(steps)):
            if (t >= at[r] or earlier) != bool(np.isfinite(utc["value"][r, t]).all()):
                wrong.append(f"reference {r}, row {t}: measured or not against what was asked")
        for s in within:
            one, two = utc["value"][r, at[s]], utc["value"][s, at[r]]
            if np.isfinite(one).all() and np.isfinite(two).all() and one.tobytes() != two.tobytes():
                wrong.append(f"references {r} and {s} aren't symmetric")
    return at, within


def check_tracks(tracks, utc, at, within, wrong):
    steps = list(tracks["step"])
    compared = 0
    for n in range(1, len(tracks["shell_count"]) + 1):
        own = tracks["shell"] == n
        if 2 * own.sum() != tracks["shell_count"][n - 1]:
            continue
        for r in within:
            for t in range(at[r], len(utc["step"])):
                if utc["step"][t] in steps and utc["step"][at[r]] in steps:
                    one = tracks["amplitude"][steps.index(utc["step"][at[r]])][own]
                    two = tracks["amplitude"][steps.index(utc["step"][t])][own]
                    scale = np.sqrt((one**2).sum() * (two**2).sum()) / own.sum()
                    if abs((one * two).sum() / own.sum() - utc["value"][r, t, n - 1]) > 1e-12 * scale:
                        wrong.append(f"tracks of shell {n}, reference {r}, row {t}")
                    compared += 1
    if compared < 3:
        wrong.append(f"only {compared} rows compared with tracks")


def main():
    run = pathlib.Path(sys.argv[1])
    wrong = []
    with h5py.File(run / "spectra.h5") as file, h5py.File(run / "tracks.h5") as other:
        etc = {name: values[...] for name, values in file["etc"].items()}
        utc = {name: values[...] for name, values in file["utc"].items()}
        earlier = file.attrs["analysis.utc_earlier"] == 1
        tracks = {name: values[...] for name, values in other["tracks"].items()}
    at, within = check_references(etc, utc, earlier, wrong)
    check_tracks(tracks, utc, at, within, wrong)
    for line in wrong:
        print(f"{run}: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
