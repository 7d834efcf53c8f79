#!/usr/bin/env bash
# The scan behind docs/emulator.md: 160 points of four parameters, every fifth of them blind, four seeds each in boxes of
# 64^3, with eight cheap twins of 32^3, then models with their errors and a learning curve, and the choices of kernel and trend.
#   docs/emulator.sh [DIRECTORY]
# Takes some five minutes on two cores. What was made before in DIRECTORY (scans/emulator) is kept. default.h5, of both
# levels, is shipped as surrogate/default.h5.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-scans/emulator}
mkdir -p "$directory"

cat >"$directory/base.cfg" <<'TEXT'
name = "emulator";
lattice = { points = 64; length = 10.0; stencil = 2; };
time = { end = 4.5; step = 0.25; };
cosmology = { background = "power-law"; w = 0.3333333333; hubble_start = 1.0; };
fields = { potential = "double-well"; s = 1.0; bias = 0.002;
           initial = { kind = "white-noise"; rms = 0.2; cutoff = 4.2; cutoff_width = 0.3; }; };
gw = { enabled = true; coarsening = 2; };
analysis = { interval = 0.25; spectra_interval = 0.25; };
store = { slices = 0.0; checkpoint_minutes = 0.0; };
TEXT
cat >"$directory/scan.cfg" <<TEXT
base = "base.cfg";
output = "$directory/scan";
design = "sobol";
points = 160;
seeds = 4;
blind_every = 5;
cheap = { seeds = 8; set = ( "gw.coarsening=1" ); }; // waves and stress in all the bins of a fine run
parameters = ( { key = "cosmology.w"; min = 0.1; max = 0.6; },
               { key = "fields.initial.cutoff"; min = 3.0; max = 6.0; scale = "log"; },
               { key = "fields.initial.rms"; min = 0.1; max = 0.4; scale = "log"; },
               { key = "fields.bias"; min = 0.0; max = 0.004; } );
TEXT

dataset=$directory/scan/dataset.h5
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
restart=()
[ -f "$directory/scan/journal.txt" ] && restart=(--restart)
OMP_NUM_THREADS=1 mpirun --bind-to none -n "$(nproc)" build/dwell scan "$directory/scan.cfg" --quiet "${restart[@]}"

# study NAME OPTION...: a model and its errors.
study() {
  local name=$1
  shift
  echo "== $name: $*"
  build/dwell surrogate train "$dataset" --output "$directory/$name.h5" "$@"
  build/dwell surrogate evaluate "$directory/$name.h5" "$dataset" ${curve:+--curve}
}

curve=1 study fine --levels fine
study default --levels both --components 12
study end --levels fine --times 4.5
for kernel in matern squared; do
  for trend in constant linear quadratic; do
    study "$kernel-$trend" --levels fine --kernel "$kernel" --trend "$trend"
  done
done
