#!/usr/bin/env bash
# What paired cheap runs gain, for docs/paired.md:
#   docs/paired.sh [DIRECTORY]
# Runs 48 seeds of a network in radiation, tau = 2 to 8 on 128^3 (s = 1, order 2), three times, each with other cheap
# runs of the same modes, in DIRECTORY (runs/paired): 1152 of half the points, same equation, order 4; 576 of 48^3, the
# same; 288 of half the points with fat walls. Then prints what groups of 8 fine seeds with their part of the cheap runs
# gain (bench/bench_paired.c), with costs from eight runs of each kind in turn. Builds into build-bench.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=$(realpath -m "${1:-runs/paired}")
cmake -S . -B build-bench -DDWELL_NATIVE=ON -DDWELL_BUILD_BENCH=ON -DDWELL_BUILD_TESTS=OFF >/dev/null
cmake --build build-bench -j "$(nproc)" --target dwell bench_paired >/dev/null
export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
mkdir -p "$directory"

# scan NAME SEEDS CHEAP POINTS SET...: a data set of one point; goes on where it was stopped.
scan() {
  local name=$1 seeds=$2 cheap=$3 points=$4 sets restart=()
  shift 4
  sets=$(printf '"%s", ' "$@")
  cat >"$directory/$name.cfg" <<END
base = "$PWD/examples/radiation.cfg";
output = "$directory/$name";
design = "list";
seeds = $seeds;
set = ( "lattice.points=128", "lattice.length=20", "time.end=8", "cosmology.hubble_start=0.5",
  "analysis.interval=0.5", "analysis.spectra_interval=2", "analysis.utc_reference=[]", "analysis.domains=false",
  "store.slices=0", "store.snapshots=[]", "store.checkpoint_minutes=0" );
parameters = ( { key = "fields.initial.cutoff"; values = [ 3.0 ]; } );
cheap = { points = $points; seeds = $cheap; set = ( ${sets%, } ); };
END
  [ -f "$directory/$name/journal.txt" ] && restart=(--restart)
  mpirun --bind-to none -n "$(nproc)" build-bench/dwell scan "$directory/$name.cfg" --quiet "${restart[@]}"
}

# cost NAME: median seconds of a cheap run over those of a fine one, from eight of each in turn.
cost() {
  local level run="$directory/cost"
  for seed in 1 2 3 4 5 6 7 8; do
    for level in base cheap; do
      build-bench/dwell run "$directory/$1/$level.cfg" --quiet --set seed=$seed --set output="$run" --set overwrite=true
      awk -v level=$level '$1 == "lattice" { split($2, n, "^") }
        $1 == "time" { for (i = 2; i < NF; i++) if ($(i + 1) ~ /^steps/) steps = $i }
        $1 == "done" { print level, n[1] ^ 3 * steps / $4 }' "$run/run.log"
    done
  done </dev/null | sort -k1,1 -k2,2g | awk '{ s[$1, ++n[$1]] = $2 }
    END { print (s["cheap", 4] + s["cheap", 5]) / (s["base", 4] + s["base", 5]) }'
}

scan half 48 1152 64 fields.s=1 lattice.stencil=4
scan small 48 576 48 fields.s=1 lattice.stencil=4
scan fat 48 288 64 fields.s=0
for name in half small fat; do
  echo "== $name"
  build-bench/bench_paired "$directory/$name/dataset.h5" 8 "$directory/$name" "$(cost $name)"
done
