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


def products(tracks, utc, own, rows):
    """For each mode of a shell the product of its amplitudes at two rows of the spectra."""
    steps = list(tracks["step"])
    one, two = (tracks["amplitude"][steps.index(utc["step"][row])][own] for row in rows)
    scale = np.sqrt((one**2).sum() * (two**2).sum()) / own.sum()
    return (one * two).sum(axis=1), scale


def check_tracks(tracks, utc, at, within, wrong):
    """Whole shells give the correlator to rounding, samples of them within their sampling error."""
    steps = set(tracks["step"])
    whole, pulls = 0, []
    for n in range(1, len(tracks["shell_count"]) + 1):
        own = tracks["shell"] == n
        share = 2 * own.sum() / tracks["shell_count"][n - 1]
        for r in within:
            for t in range(at[r], len(utc["step"])):
                if not {utc["step"][t], utc["step"][at[r]]} <= steps:
                    continue
                product, scale = products(tracks, utc, own, (at[r], t))
                off = product.mean() - utc["value"][r, t, n - 1]
                if share == 1:
                    whole += 1
                    if abs(off) > 1e-12 * scale:
                        wrong.append(f"tracks of shell {n}, reference {r}, row {t}")
                elif own.sum() >= 8:
                    error = product.std(ddof=1) / np.sqrt(len(product)) * np.sqrt(1 - share)
                    pulls.append(off / error)
    if whole < 3:
        wrong.append(f"only {whole} rows compared with tracks of whole shells")
    rms = np.sqrt(np.mean(np.square(pulls))) if pulls else 1.0
    if not 0.3 < rms < 2.0:
        wrong.append(f"samples of modes are {rms:.2f} of their errors off ({len(pulls)} rows)")


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
