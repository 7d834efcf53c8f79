#!/usr/bin/env bash
# Catches a scan that loses or repeats anything when it is killed (kill -9) at random moments.
# scan_kill.sh KILLS [SEED]: so many kills of a Sobol scan with cheap twins, and of an active one; prints what each kill met.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
# shellcheck source=tests/app/scan_lib.sh
. "$DWELL_SOURCE_DIR/tests/app/scan_lib.sh"

kills=${1:-5}
RANDOM=${2:-1}

# go_on FILE DIRECTORY: begins a scan or goes on with it, in the background.
go_on() {
  local how=()
  [[ -e $2/journal.txt ]] && how=(--restart)
  start "$DWELL" scan "$1" --set "output=$2" --quiet "${how[@]}"
}

finish_scan() {
  go_on "$1" "$2"
  expect 0 wait "$child"
  same_scans "$3" "$2"
  nothing_twice "$2"
  no_runs_left "$2"
  no_unfinished_files "$2"
}

# kill_scan FILE NAME: the whole scan, then one that is killed again and again.
kill_scan() {
  local file=$1 name=$2 begun whole met=0 tries pause code
  begun=$(date +%s%N)
  expect 0 dwell scan "$file" --set "output=$name" --quiet
  whole=$((($(date +%s%N) - begun) / 1000000)) # milliseconds
  for ((tries = 0; met < kills && tries < 20 * kills; tries++)); do
    go_on "$file" "$name-killed"
    pause=$((whole * (20 + RANDOM % 400) / 1000))
    sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
    kill -9 "$child" 2>/dev/null
    code=0
    wait "$child" 2>/dev/null || code=$?
    if ((code != 137)); then # it was done before
      finish_scan "$file" "$name-killed" "$name"
      rm -rf "$name-killed"
      continue
    fi
    met=$((met + 1))
    printf '%s: kill %d after %d ms: %d of %d runs done, %d directories\n' "$name" "$met" "$pause" \
      "$(grep -cs '^done ' "$name-killed/journal.txt")" "$(grep -c '^done ' "$name/journal.txt")" \
      "$(find "$name-killed/runs" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l)"
  done
  ((met == kills)) || fail "$name: only $met of $kills kills met the scan at work"
  finish_scan "$file" "$name-killed" "$name"
}

write_scan sobol.cfg 'set = ( "store.checkpoint_minutes=0.0005" );' # 30 ms: most runs have one
kill_scan sobol.cfg sobol

cat >active.cfg <<'TEXT'
base = "base.cfg";
design = "active";
points = 8;
batch = 3;
budget = 28;
target = 0.001;
seeds = 2;
set = ( "lattice.points=16", "lattice.length=8", "store.checkpoint_minutes=0.0005" );
quantities = ( "etc/value", "area_parameter_h" );
parameters = ( { key = "cosmology.w"; min = 0.0; max = 1.0; },
               { key = "fields.initial.cutoff"; min = 2.0; max = 6.0; scale = "log"; } );
TEXT
kill_scan active.cfg active
[[ $(grep -c '^point [0-9]* 1 ' active/journal.txt) == 2 ]] || fail "not every fifth of 14 points is a check"
says active/scan.log '^next points: the start, 8 points'
says active/scan.log 'the budget is used up'
diff <(grep '^point ' active/journal.txt) <(grep '^point ' active-killed/journal.txt) >&2 || fail "other points after kills"
finish
