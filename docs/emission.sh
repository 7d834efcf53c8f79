#!/usr/bin/env bash
# The emission of scaling networks and of a network larger than its horizon, for docs/validation.md:
#   docs/emission.sh [DIRECTORY]
# Runs examples/{radiation,matter,kination}.cfg with four seeds each, and eight seeds of a box of L = 180 with fat walls
# until tau = 10, in DIRECTORY (runs/emission); prints the efficiency, peak and slopes of the waves, the correlator in
# scaling form at several times, and the infrared slope. Needs python3 with h5py.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-runs/emission}
bare=(--quiet --set store.slices=0 --set 'store.snapshots=[]' --set store.checkpoint_minutes=0)
for background in radiation matter kination; do
  for seed in 1 2 3 4; do
    run="$directory/$background-$seed"
    [ -f "$run/spectra.h5" ] || build/dwell run "examples/$background.cfg" "${bare[@]}" --set seed="$seed" --set output="$run"
  done
done
for seed in 1 2 3 4 5 6 7 8; do
  run="$directory/large-$seed"
  [ -f "$run/spectra.h5" ] || build/dwell run examples/radiation.cfg "${bare[@]}" --set seed="$seed" --set output="$run" \
    --set lattice.length=180 --set time.end=10 --set fields.s=0 --set analysis.spectra_interval=1
done
/usr/bin/python3 - "$directory" <<'PYTHON'
import csv, sys
import h5py, numpy as np

directory = sys.argv[1]


def load(name, seeds):
    runs = []
    for seed in seeds:
        with h5py.File(f"{directory}/{name}-{seed}/spectra.h5") as file:
            data = {f"{g}/{d}": file[g][d][()] for g in ("gw", "etc") for d in file[g]}
        with open(f"{directory}/{name}-{seed}/timeseries.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["rho_gw"]]
        for column in ("valid", "area_parameter_t", "efficiency_peak", "efficiency_total"):
            data[column] = np.array([float(row[column]) for row in rows])
        runs.append(data)
    return runs


def mean(values, digits=3):
    values = np.asarray(values)
    return f"{values.mean():.{digits}f} +- {values.std(ddof=1) / np.sqrt(len(values)):.{digits}f}"


def slope(k, y, count):
    """Least squares in ln k, ln y, weights as the number of modes."""
    x, weight = np.log(k), count / count.sum()
    x = x - (weight * x).sum()
    return (weight * x * np.log(y)).sum() / (weight * x * x).sum()


def networks(name):
    runs = load(name, (1, 2, 3, 4))
    last = int(np.nonzero(runs[0]["valid"])[0][-1])
    k, count, tau = runs[0]["gw/k"], runs[0]["gw/count"], runs[0]["gw/tau"]
    third = [t for t in range(last + 1) if tau[t] >= tau[0] + 2 * (tau[last] - tau[0]) / 3]
    print(f"{name}: tau {tau[third[0]]:.2f} to {tau[last]:.2f}, {len(runs)} seeds")
    for what in ("efficiency_peak", "efficiency_total"):
        print(f"  {what:17s} {mean([r[what][third].mean() for r in runs])}  at the end {mean([r[what][last] for r in runs])}")
    for form in ("drho_dlnk", "drho_dlnk_averaged"):
        peaks, ultraviolet = [], []
        for run in runs:
            average = np.mean([run[f"gw/{form}"][t] / run[f"gw/{form}"][t].max() for t in third], axis=0)
            where = [k[run[f"gw/{form}"][t].argmax()] * tau[t] for t in third]
            peaks.append(np.mean(where))
            inside = (k * tau[last] >= 6) & (k * tau[last] <= 20)
            ultraviolet.append(slope(k[inside], run[f"gw/{form}"][last][inside], np.ones(inside.sum())))
        print(f"  {form:18s} peak at k tau = {mean(peaks, 2)}, slope for k tau = 6 to 20 {mean(ultraviolet, 2)}")
    steep = []
    for run in runs:
        ke, x = run["etc/k"], run["etc/k"] * tau[last]
        inside = (x >= 6) & (x <= 20)
        steep.append(slope(ke[inside], run["etc/scaling"][last][inside], np.ones(inside.sum())))
    print(f"  F: slope for k tau = 6 to 20 {mean(steep, 2)}")
    grid = np.array([2, 3, 4, 6, 8, 12, 16, 20, 30])
    print("  F(k tau) at k tau =", "  ".join(f"{x:7d}" for x in grid))
    for t in third:
        together = np.mean([r["etc/scaling"][t] for r in runs], axis=0)
        x = runs[0]["etc/k"] * tau[t]
        values = [f"{np.exp(np.interp(np.log(g), np.log(x), np.log(together))):7.4f}" if x[0] <= g <= x[-1] else "      -"
                  for g in grid]
        print(f"  tau = {tau[t]:6.2f}         ", "  ".join(values))


def infrared():
    runs = load("large", range(1, 9))
    k, count, tau = runs[0]["gw/k"], runs[0]["gw/count"], runs[0]["gw/tau"]
    for t in (-3, -2, -1):
        together = np.mean([r["gw/drho_dlnk"][t] for r in runs], axis=0)
        line = f"large: tau = {tau[t]:.2f}, F = " + " ".join(
            f"{x:.3f}" for x in np.mean([r["etc/scaling"][t] for r in runs], axis=0)[:4])
        for edge in (1.0, 1.5, 2.0):
            inside = k * tau[t] < edge
            x = np.log(k[inside])
            weight = count[inside] / count[inside].sum()
            error = np.sqrt(2 / (8 * count[inside].sum() * (weight * (x - (weight * x).sum()) ** 2).sum()))
            line += f"  k tau < {edge}: {slope(k[inside], together[inside], count[inside]):.2f} +- {error:.2f}"
        print(line)


for background in ("radiation", "matter", "kination"):
    networks(background)
infrared()
PYTHON
