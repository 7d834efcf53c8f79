#!/usr/bin/env bash
# Catches two programs that work in one directory, a program that is gone and still keeps others out, and signals that
# end a run without a checkpoint.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

write_config base.cfg
long=(--set analysis.interval=0.04 --set analysis.spectra_interval=0.08 --set store.slices=0.2 --set time.step=0.1
  --set gw.coarsening=1)
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=whole

# --- a run is at work, and stands still while others try ---

start "$DWELL" run base.cfg --quiet "${long[@]}" --set output=busy
first=$child
wait_for_rows busy 3 || fail "the run was over before it was met"
kill -STOP "$first"
expect 3 dwell run base.cfg "${long[@]}" --set output=busy --set seed=8 --set overwrite=true
one_message "another program \(process $first on .*\) works in busy"
expect 3 dwell run base.cfg "${long[@]}" --set output=busy --restart
one_message "another program \(process $first on .*\) works in busy"
expect 3 dwell_on 2 run base.cfg "${long[@]}" --set output=busy --restart
one_message_mpi "another program \(process $first on .*\) works in busy"
kill -CONT "$first"
expect 0 wait "$first"
same_runs whole busy
expect 0 dwell run base.cfg "${long[@]}" --set output=busy --restart # it is finished, and free

# --- both begin at once: one of them makes its run ---

for _ in 1 2 3; do
  rm -rf both
  start "$DWELL" run base.cfg --quiet "${long[@]}" --set output=both
  first=$child
  start "$DWELL" run base.cfg --quiet "${long[@]}" --set output=both --set name=other
  codes=()
  for each in "$first" "$child"; do
    code=0
    wait "$each" || code=$?
    codes+=("$code")
  done
  [[ ${codes[*]} == "0 3" || ${codes[*]} == "3 0" ]] || fail "two runs at once ended with ${codes[*]}"
  [[ $(fingerprint both) == "$(fingerprint whole)" ]] || fail "two runs at once: another state"
  same_files whole/timeseries.csv both/timeseries.csv
done

# --- who is gone keeps nobody out ---

start "$DWELL" run base.cfg --quiet "${long[@]}" --set output=gone
wait_for_rows gone 3
kill -9 "$child"
wait "$child" 2>/dev/null
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=gone --set overwrite=true
same_runs whole gone

# --- signals ---

for signal in HUP XCPU; do
  for _ in 1 2 3 4 5; do
    rm -rf "$signal"
    start "$DWELL" run base.cfg "${long[@]}" --set "output=$signal"
    stopped_by "$signal" "$child" "$signal" 6 && break
  done
  expect 0 dwell run base.cfg --quiet "${long[@]}" --set "output=$signal" --restart
  same_runs whole "$signal"
done
start nohup "$DWELL" run base.cfg "${long[@]}" --set output=nohup
wait_for_rows nohup 3
kill -HUP "$child"
expect 0 wait "$child"
"$DWELL" run base.cfg "${long[@]}" --set output=pipe 2>err | head -n 1 >out
[[ ${PIPESTATUS[0]} == 0 ]] || fail "the run ended with ${PIPESTATUS[0]} when nobody read its progress"
same_runs whole pipe

# --- scans ---

cat >scan.cfg <<'TEXT'
base = "base.cfg";
output = "scanned";
design = "sobol";
points = 2;
parameters = ( { key = "cosmology.w"; min = 0.0; max = 0.5; } );
TEXT
start "$DWELL" scan scan.cfg --quiet
until compgen -G "scanned/runs/*/timeseries.csv" >/dev/null || ! kill -0 "$child" 2>/dev/null; do sleep 0.01; done
kill -STOP "$child"
journal=$(cat scanned/journal.txt)
expect 3 dwell scan scan.cfg --set overwrite=true
one_message 'scanned/journal.txt: another program works on this scan'
[[ $(cat scanned/journal.txt) == "$journal" ]] || fail "the journal of a scan at work was changed"
kill -CONT "$child"
expect 0 wait "$child"
[[ -e scanned/dataset.h5 ]] || fail "the scan has no data set"
mkdir mine
echo mine >mine/base.cfg
expect 3 dwell scan scan.cfg --set output=mine
one_message 'mine/base.cfg is in the way'
[[ $(cat mine/base.cfg) == mine ]] || fail "a file of the user was replaced"
finish
