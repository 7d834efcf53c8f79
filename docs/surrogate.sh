#!/usr/bin/env bash
# The whole study of scans and what is learned from them; writes docs/surrogate.md:
#   docs/surrogate.sh [DIRECTORY]
# Runs docs/emulator.sh, docs/active.py, docs/paired.sh and docs/operator.sh one after the other in DIRECTORY
# (runs/surrogate), with build/dwell. Some half an hour on two cores that have nothing else to do. What was made before in
# DIRECTORY is kept, so it can be stopped and started again; the times in the page are those of the first time.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=$(realpath -m "${1:-runs/surrogate}")
mkdir -p "$directory"
python=$(for p in /usr/bin/python3 python3; do "$p" -c 'import h5py' 2>/dev/null && echo "$p" && break; done)
: "${python:?no Python with h5py; on Debian: apt-get install python3-h5py}"

# part NAME COMMAND...: its output in NAME.txt and its time in NAME.time, unless they are there.
part() {
  local name=$1 begun=$SECONDS
  shift
  [ -f "$directory/$name.time" ] && return
  "$@" >"$directory/$name.txt.part"
  mv "$directory/$name.txt.part" "$directory/$name.txt"
  echo $(((SECONDS - begun + 59) / 60)) >"$directory/$name.time"
}

part emulator docs/emulator.sh "$directory/emulator"
part active "$python" docs/active.py build/dwell "$directory/active" 3
part paired docs/paired.sh "$directory/paired"
part operator docs/operator.sh "$directory/operator"

# shown NAME: the output as a block of the page.
shown() {
  printf '%s min.\n\n```\n' "$(cat "$directory/$1.time")"
  sed "s|$directory/||g" "$directory/$1.txt"
  printf '```\n\n'
}

{
  cat <<'TEXT'
# Scans and what is learned from them: one study

Made by `docs/surrogate.sh`, with the times each part took; do not edit. What the tables mean is told in the pages of the four parts; what was
asked for and what of it was met, in [emulator.md](emulator.md), [paired.md](paired.md), [scans.md](scans.md) and [operator.md](operator.md).

TEXT
  sed -n 's/^model name[^:]*: \(.*\)/Processor: \1, /p' /proc/cpuinfo | head -n 1
  printf '%s cores.\n\n' "$(nproc)"
  printf '## Paired cheap runs\n[paired.md](paired.md); 128³, groups of eight fine runs with their cheap ones. '
  shown paired
  printf '## The spectrum emulator\n[emulator.md](emulator.md); errors, baselines, coverage, learning curve, kernels and trends. '
  shown emulator
  printf '## Active scans\n[scans.md](scans.md#active); error against the number of runs, three realisations. '
  shown active
  printf '## Field operators\n[operator.md](operator.md); equal-cost tables with the lines where the nets lose. '
  shown operator
} >docs/surrogate.md
echo "written: docs/surrogate.md"
