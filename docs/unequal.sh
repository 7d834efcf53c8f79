#!/usr/bin/env bash
# The stress at unequal times, the second route to gravitational waves, walls against the one-scale model and the end of
# biased networks, for docs/validation.md:
#   docs/unequal.sh [DIRECTORY]
# Runs examples/{radiation,matter,kination}.cfg with three seeds each and tracks of 256 modes a shell, biased
# networks in radiation (s = 0) with three biases, in DIRECTORY (runs/unequal; 1 GB), and analyses them. About an
# hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-runs/unequal}
bare=(--quiet --set store.slices=0 --set 'store.snapshots=[]' --set store.checkpoint_minutes=0)
for background in radiation matter kination; do
  runs=()
  for seed in 1 2 3; do
    run="$directory/$background-$seed"
    [ -d "$run" ] || build/dwell run "examples/$background.cfg" "${bare[@]}" --set seed="$seed" --set output="$run" \
      --set analysis.tracks=256
    runs+=("$run")
  done
  echo "== $background"
  build/dwell analyse "${runs[@]}" --output "$directory/$background"
done
for bias in 0.0005 0.001 0.002; do
  runs=()
  for seed in 1 2 3; do
    run="$directory/bias-$bias-$seed"
    [ -d "$run" ] || build/dwell run examples/radiation.cfg "${bare[@]}" --set seed="$seed" --set output="$run" \
      --set fields.s=0 --set fields.bias="$bias" --set lattice.length=96 --set lattice.points=192 --set time.end=44 \
      --set 'analysis.utc_reference=[]' --set analysis.spectra_interval=4
    runs+=("$run")
  done
  echo "== bias $bias"
  build/dwell analyse "${runs[@]}" --output "$directory/bias-$bias" --skip coherence,route
done
