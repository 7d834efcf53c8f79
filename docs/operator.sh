#!/usr/bin/env bash
# What field operators gain, for docs/operator.md:
#   docs/operator.sh [DIRECTORY]
# Trains the correctors of fat-wall runs of 64^3 and 48^3 and of physical runs of 64^3, and the jump operator of
# examples/jump.cfg, and prints the equal-cost table of each, and of the jumps in a larger box. A model that is there is
# kept. About ten minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-runs/operator}
mkdir -p "$directory"
here=$PWD
# vary NAME FILE SED: the example, changed, as a configuration of its own.
vary() { sed -e "s|\"radiation.cfg\"|\"$here/examples/radiation.cfg\"|" -e "$3" "$2" >"$directory/$1.cfg"; }
vary fat-64 examples/corrector.cfg ''
vary fat-48 examples/corrector.cfg 's/points = 64/points = 48/; s/fat_from = 4.0/fat_from = 3.5/'
vary physical-64 examples/corrector.cfg 's/s = 0.0/s = 1.0/; s/fat_from = 4.0/fat_from = 0.0/; s/channels = 4/channels = 6/'
vary jump examples/jump.cfg ''
for name in fat-64 fat-48 physical-64 jump; do
  [ -f "$directory/$name.h5" ] || build/dwell surrogate train "$directory/$name.cfg" --output "$directory/$name.h5" \
    >"$directory/$name.txt"
done
for name in fat-64 fat-48 physical-64 jump; do
  printf '\n== %s\n' "$name"
  tail -n 5 "$directory/$name.txt"
  OMP_NUM_THREADS=1 build/dwell surrogate evaluate "$directory/$name.h5"
done
