#!/usr/bin/env bash
# What paired cheap runs gain, for docs/paired.md:
#   docs/paired.sh [DIRECTORY]
# Runs 48 seeds of a network in radiation, tau = 2 to 8 on 128^3 (s = 1, order 2), each scan with other cheap runs of
# the same modes in DIRECTORY (runs/paired): half the points with the same equation and order 4, 48^3 with the same, and
# half the points with fat walls. Of 1152, 576 and 288 cheap runs 48 are twins. Then prints what groups of 8 fine seeds
# with their part of the cheap runs gain (bench/bench_paired.c). Builds into build-bench.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=$(realpath -m "${1:-runs/paired}")
cmake -S . -B build-bench -DDWELL_NATIVE=ON -DDWELL_BUILD_BENCH=ON -DDWELL_BUILD_TESTS=OFF >/dev/null
cmake --build build-bench -j "$(nproc)" --target dwell bench_paired >/dev/null
export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
mkdir -p "$directory"

# scan NAME SEEDS POINTS SET...: a data set of one point, made once.
scan() {
  local name=$1 seeds=$2 points=$3 set
  shift 3
  set=$(printf '"%s", ' "$@")
  [ -f "$directory/$name/dataset.h5" ] && return
  cat >"$directory/$name.cfg" <<END
base = "$PWD/examples/radiation.cfg";
output = "$directory/$name";
design = "list";
seeds = 48;
set = ( "lattice.points=128", "lattice.length=20", "time.end=8", "cosmology.hubble_start=0.5",
  "analysis.interval=0.5", "analysis.spectra_interval=2", "analysis.utc_reference=[]", "analysis.domains=false",
  "store.slices=0", "store.snapshots=[]", "store.checkpoint_minutes=0" );
parameters = ( { key = "fields.initial.cutoff"; values = [ 3.0 ]; } );
cheap = { points = $points; seeds = $seeds; set = ( ${set%, } ); };
END
  mpirun --bind-to none -n "$(nproc)" build-bench/dwell scan "$directory/$name.cfg" --quiet
}

scan half 1152 64 fields.s=1 lattice.stencil=4
scan small 576 48 fields.s=1 lattice.stencil=4
scan fat 288 64 fields.s=0
for name in half small fat; do
  echo "== $name"
  build-bench/bench_paired "$directory/$name/dataset.h5" 8 "$directory/$name"
done
