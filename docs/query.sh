#!/usr/bin/env bash
# The table of corrected queries in docs/emulator.md: a scan of the equation of state, 12 points of four seeds in boxes of
# 32^3 with eight cheap twins, and eight places between them that are emulated, corrected by a second layer, corrected by
# the nearest twins, and simulated with 12 seeds of their own.
#   docs/query.sh [DIRECTORY]
# Takes some five minutes on two cores and needs a Python with numpy and h5py (PYTHON, else /usr/bin/python3). DIRECTORY
# (scans/query) must not be there yet.
set -euo pipefail
cd "$(dirname "$0")/.."
dwell=${DWELL:-$PWD/build/dwell}
places=${PLACES:-0.08 0.16 0.27 0.35 0.44 0.52 0.63 0.72}
mkdir -p "$(dirname "${1:-scans/query}")"
mkdir "${1:-scans/query}"
cd "${1:-scans/query}"

cat >base.cfg <<'TEXT'
seed = 7;
lattice = { points = 32; length = 14.0; stencil = 2; };
time = { end = 4.0; step = 0.2; };
fields = { initial = { kind = "white-noise"; rms = 0.1; cutoff = 3.0; }; };
gw = { coarsening = 2; };
analysis = { interval = 1.0; spectra_interval = 1.0; };
store = { slices = 0.0; };
TEXT
cat >scan.cfg <<'TEXT'
base = "base.cfg";
output = "scan";
design = "sobol";
points = 12;
seeds = 4;
cheap = { seeds = 8; set = ( "gw.coarsening=1" ); };
parameters = ( { key = "cosmology.w"; min = 0.0; max = 0.8; } );
TEXT
"$dwell" scan scan.cfg --quiet
# A bound that nothing reaches: every query is DEGRADED.
"$dwell" surrogate train scan/dataset.h5 --output layer.h5 --levels both --bound 1e-4
"$dwell" surrogate train scan/dataset.h5 --output twins.h5 --levels fine --bound 1e-4
place=0
for w in $places; do
  place=$((place + 1))
  for model in layer twins; do
    "$dwell" surrogate query "$model.h5" --dataset scan --set "cosmology.w=$w" --set "seed=$((500000 + 1000 * place))" \
      --csv "$model-$w.csv" --quiet >/dev/null
  done
  "$dwell" surrogate predict twins.h5 --set "cosmology.w=$w" --csv "emulated-$w.csv" >/dev/null || [[ $? == 10 ]]
  printf 'base = "base.cfg"; output = "truth-%s"; design = "list"; seeds = 12; set = ("cosmology.w=%s", "seed=%d");\n' \
    "$w" "$w" $((900000 + 1000 * place)) >truth.cfg
  "$dwell" scan truth.cfg --quiet
done

# shellcheck disable=SC2086
"${PYTHON:-/usr/bin/python3}" - $places <<'END'
import csv, h5py, numpy, sys
found = {}
for w in sys.argv[1:]:
    truth = h5py.File(f"truth-{w}/dataset.h5")
    column = list(truth["timeseries/column"].asstr()[:])
    series = truth["timeseries/value"][:]
    for way in ("emulated", "layer", "twins"):
        for row in csv.DictReader(open(f"{way}-{w}.csv")):
            name, tau = row["quantity"], float(row["tau"])
            group = name.split("/")[0]
            times = series[0, :, column.index("tau")] if row["k"] == "" else truth[group + "/tau"][0]
            t = numpy.argmin(abs(times - tau))
            if abs(times[t] - tau) > 1e-6:
                continue
            if row["k"] == "":
                y = series[:, t, column.index(name)]
            else:
                y = truth[name][:, t, numpy.nanargmin(abs(truth[group + "/k"][0] - float(row["k"])))]
            if way == "emulated":
                claimed = numpy.hypot(float(row["error_emulator"]), float(row["error_truncation"]))
            else:
                claimed = float(row["error"])
            own = y.std(ddof=1) / y.mean() / numpy.sqrt(len(y))
            found.setdefault((name, way), []).append((numpy.log(float(row["value"]) / y.mean()), claimed, own))
print("quantity, way: rms difference from full runs, claimed error, that of the full runs, rms z")
for (name, way), rows in sorted(found.items()):
    off, claimed, own = (numpy.array(rows) ** 2).T
    print(f"{name:18s} {way:10s} {off.mean()**0.5:.3f} {claimed.mean()**0.5:.3f} {own.mean()**0.5:.3f} "
          f"{(off / (claimed + own)).mean()**0.5:.2f}")
END
