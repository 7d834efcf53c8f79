#!/usr/bin/env bash
# Catches a scan that loses or repeats anything when it is killed (kill -9) at random moments.
# scan_kill.sh KILLS [SEED]: prints what each kill met.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
# shellcheck source=tests/app/scan_lib.sh
. "$DWELL_SOURCE_DIR/tests/app/scan_lib.sh"

kills=${1:-5}
RANDOM=${2:-1}
write_scan scan.cfg 'set = ( "store.checkpoint_minutes=0.0005" );' # 30 ms: most runs have one
begun=$(date +%s%N)
expect 0 dwell scan scan.cfg --quiet
whole=$((($(date +%s%N) - begun) / 1000000)) # milliseconds

for ((met = 0, tries = 0; met < kills && tries < 20 * kills; tries++)); do
  how=()
  [[ -e killed/journal.txt ]] && how=(--restart)
  start "$DWELL" scan scan.cfg --set output=killed --quiet "${how[@]}"
  pause=$((whole * (20 + RANDOM % 400) / 1000))
  sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
  kill -9 "$child" 2>/dev/null && met=$((met + 1))
  code=0
  wait "$child" 2>/dev/null || code=$?
  if ((code != 137)); then # it was done before
    expect 0 test "$code" = 0
    cat err >&2
    same_scans scan killed
    nothing_twice killed
    rm -rf killed
    continue
  fi
  printf 'kill %d after %d ms: %d of 15 runs done, %d directories\n' "$met" "$pause" \
    "$(grep -cs '^done ' killed/journal.txt)" "$(find killed/runs -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)"
done
((met == kills)) || fail "only $met of $kills kills met the scan at work"
how=()
[[ -e killed/journal.txt ]] && how=(--restart)
expect 0 dwell scan scan.cfg --set output=killed --quiet "${how[@]}"
same_scans scan killed
nothing_twice killed
no_runs_left killed
no_unfinished_files killed
finish
