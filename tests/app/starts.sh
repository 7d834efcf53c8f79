#!/usr/bin/env bash
# Programs that start and end at the same time don't get in each other's way: none fails before it has looked at its
# arguments.
set -uo pipefail
source "$DWELL_SOURCE_DIR/tests/app/lib.sh"

for worker in 1 2 3 4 5 6 7 8; do
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$DWELL" analyse nowhere >/dev/null 2>>"err$worker"
    [[ $? == 3 ]] || echo failed
  done &
done >failed
wait
[[ ! -s failed ]] || fail "$(wc -l <failed) of 80 programs did not start: $(grep -hm1 MPI err?)"
finish
