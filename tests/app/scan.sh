#!/usr/bin/env bash
# Catches scans whose results depend on where their runs are made, on stops, or on failures of other runs.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
# shellcheck source=tests/app/scan_lib.sh
. "$DWELL_SOURCE_DIR/tests/app/scan_lib.sh"

write_scan scan.cfg

# --- what there would be to do ---

expect 0 dwell scan scan.cfg --dry-run
says out '^runs  *4 of 32\^3, 6 of 16\^3'
[[ ! -e scan ]] || fail "--dry-run wrote something"
expect 0 dwell scan "$DWELL_SOURCE_DIR/examples/scan.cfg" --dry-run
says out '^runs  *64 of 64\^3, 128 of 32\^3'

# --- a whole scan ---

expect 0 dwell scan scan.cfg
says out '^done  *10 of 10 runs, 0 failed'
[[ $(grep -c '^done ' scan/journal.txt) == 10 ]] || fail "not 10 runs in the journal"
for file in scan.cfg base.cfg cheap.cfg scan.log dataset.h5 ensemble.h5 paired.h5 paired.txt; do
  [[ -s scan/$file ]] || fail "no scan/$file"
done
no_unfinished_files scan
no_runs_left scan
nothing_twice scan

# An existing scan is left as it is; a finished one that goes on is done.
contents scan >before
expect 3 dwell scan scan.cfg
one_message 'scan holds a scan already and is left as it is'
contents scan >after
same_files before after
expect 0 dwell scan scan.cfg --restart --quiet
[[ $(grep -c '^begun ' scan/journal.txt) == 10 ]] || fail "a finished scan began something"
[[ ! -s out ]] || fail "--quiet said something"
expect 0 dwell scan scan.cfg --set output=replaced --set points=1 --quiet
expect 0 dwell scan scan.cfg --set output=replaced --set overwrite=true --quiet
same_scans scan replaced

# --- a run of the scan is the run of its parameters; means are means ---

expect 0 dwell scan scan.cfg --set output=kept --set keep_runs=true --quiet
[[ $(ls kept/runs | wc -l) == 10 ]] || fail "not 10 runs were kept"
same_scans scan kept
point=($(awk '/^point 1 / { print $4, $5 }' scan/journal.txt))
expect 0 dwell run base.cfg --set "cosmology.w=${point[0]}" --set "fields.initial.cutoff=${point[1]}" \
  --set seed=1000008 --set output=alone --quiet
same_files alone/timeseries.csv kept/runs/point0001-seed1000008-fine/timeseries.csv
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" "$tests_dir/app/scan_recompute.py" kept || fail "data set or ensembles aren't those of the runs"
else
  skip_part "means aren't recomputed: no Python with numpy and h5py"
fi

# --- the same numbers wherever the runs are made ---

for processes in 2 3 4; do
  expect 0 dwell_on "$processes" scan scan.cfg --set "output=on$processes" --quiet
  same_scans scan "on$processes"
  nothing_twice "on$processes"
done
expect 0 dwell_on 4 scan scan.cfg --set output=pairs --set processes_per_run=2 --quiet
same_scans scan pairs
expect 2 dwell_on 3 scan scan.cfg --set output=odd --set processes_per_run=2 --quiet
one_message_mpi 'processes_per_run: 3 processes can.t be divided into groups of 2'
[[ ! -e odd ]] || fail "a scan that can't be placed wrote something"

# --- more points of the same design; another design is refused ---

expect 0 dwell scan scan.cfg --set output=grown --set points=1 --quiet
mkdir grown/runs/point0001-seed1000008-fine
echo "no run" >grown/runs/point0001-seed1000008-fine/timeseries.csv
expect 0 dwell scan scan.cfg --set output=grown --restart --quiet
one_message 'warning: grown/runs/point0001-seed1000008-fine begins anew, it can.t go on: .*no valid checkpoint'
same_scans scan grown
contents grown >before
expect 2 dwell scan scan.cfg --set output=grown --set design=random --restart --quiet
one_message 'its design doesn.t have point 0'
expect 2 dwell scan scan.cfg --set output=grown --set base.fields.bias=0.01 --restart --quiet
one_message '--restart: grown/base.cfg was made with .*bias = 0.0;.*now it is .*bias = 0.01;'
expect 0 dwell scan scan.cfg --set output=own --set blind_every=0 --quiet
expect 2 dwell scan scan.cfg --set output=own --set blind_every=0 --set realisations=common --restart --quiet
one_message 'has a run with seed 100000[0-9], which it has no more; bring back realisations'
sed 's/max = 1.0/max = 0.9/' scan.cfg >narrow.cfg
expect 2 dwell scan narrow.cfg --set output=grown --restart --quiet
one_message 'narrow.cfg has other parameters or ranges'
expect 3 dwell scan scan.cfg --set output=nowhere --restart
one_message 'there is no scan in nowhere'
contents grown | grep -v scan.log >after
grep -v scan.log before >before-files
same_files before-files after

# --- signals and the wall-clock limit ---

# stopped_scan DIRECTORY COMMAND...: a scan that is sent SIGUSR1 after its second run.
stopped_scan() {
  local directory=$1
  shift
  for _ in 1 2 3 4 5; do
    local code=0
    rm -rf "$directory"
    start "$@" --set "output=$directory" --quiet
    until [[ -e $directory/journal.txt ]] && (($(grep -c '^done ' "$directory/journal.txt") >= 2)); do
      kill -0 "$child" 2>/dev/null || break
      sleep 0.01
    done
    kill -s USR1 "$child" 2>/dev/null
    wait "$child" || code=$?
    ((code == 75)) && return
  done
  fail "$directory: was never stopped half-way"
}
stopped_scan one "$DWELL" scan scan.cfg
one_message '[0-9]+ of 10 runs are left to do; go on with --restart'
expect 0 dwell scan scan.cfg --set output=one --restart --quiet
same_scans scan one
# shellcheck disable=SC2086
stopped_scan two $MPIEXEC -n 2 "$DWELL" scan scan.cfg
expect 0 dwell scan scan.cfg --set output=two --restart --quiet
same_scans scan two
nothing_twice two
expect 75 dwell scan scan.cfg --set output=limit --set base.store.walltime_minutes=0.001 --quiet
expect 0 dwell scan scan.cfg --set output=limit --restart --quiet
nothing_twice limit

# A run that was under way goes on from its checkpoint, it doesn't begin again.
printf 'base = "base.cfg";\nkeep_runs = true;\nset = ( "time.step=0.01", "analysis.interval=0.1", "analysis.spectra_interval=0.2" );\n' >long.cfg
expect 0 dwell scan long.cfg --set output=long --quiet
for _ in 1 2 3 4 5; do
  rm -rf stopped
  start "$DWELL" scan long.cfg --set output=stopped --quiet
  stopped_by USR1 "$child" stopped/runs/point0000-seed7-fine 5 && break
done
says stopped/runs/point0000-seed7-fine/run.log 'stopped by a signal'
expect 0 dwell scan long.cfg --set output=stopped --restart --quiet
says stopped/runs/point0000-seed7-fine/run.log '^restart  *from step [1-9]'
same_scans long stopped

# --- runs that fail: one with a contradiction, one that blows up ---

cat >fail.cfg <<'TEXT'
base = "base.cfg";
output = "fail";
seeds = 2;
parameters = ( { key = "time.step"; values = [0.2, 0.9, 0.2, 0.2]; },
               { key = "fields.initial.rms"; values = [0.1, 0.1, 1e6, 0.2]; } );
TEXT
for processes in 1 2; do
  rm -rf fail
  expect 4 dwell_on "$processes" scan fail.cfg
  one_message_mpi '4 of 8 runs have failed; fail/journal.txt says why'
  [[ $(grep -c '^failed 1 [78] fine time.step: ' fail/journal.txt) == 2 ]] || fail "no contradiction in the journal"
  [[ $(grep -c '^failed 2 [78] fine .*finite' fail/journal.txt) == 2 ]] || fail "no blow-up in the journal"
  [[ $(grep -c '^done [03] ' fail/journal.txt) == 4 ]] || fail "the other runs weren't made"
  expect 4 dwell scan fail.cfg --restart
  [[ $(grep -c '^begun ' fail/journal.txt) == 8 ]] || fail "a failed run was tried again"
done

# --- a job array ---

expect 0 dwell scan scan.cfg --set output=jobs --jobs array
says out '^10 runs in array'
export DWELL
for task in $(seq 0 8); do
  ./array/array.sh "$task" >out 2>err || fail "job $task: $(cat err)"
done
expect 75 dwell scan scan.cfg --set output=jobs --collect
one_message '1 of 10 runs are left to do'
SLURM_ARRAY_TASK_ID=9 ./array/array.sh >out 2>err || fail "the last job: $(cat err)"
expect 2 ./array/array.sh 10
expect 0 dwell scan scan.cfg --set output=jobs --collect
same_scans scan jobs
no_runs_left jobs

# An active scan goes batch by batch.
cat >active.cfg <<'TEXT'
base = "base.cfg";
output = "active";
design = "active";
points = 6;
batch = 2;
budget = 8;
target = 0.001;
blind_every = 0;
set = ( "lattice.points=16", "lattice.length=8" );
quantities = ( "area_parameter_h" );
parameters = ( { key = "cosmology.w"; min = 0.0; max = 1.0; } );
TEXT
expect 0 dwell scan active.cfg --jobs batch
for round in 6 2; do
  says out "^$round runs in batch"
  for ((task = 0; task < round; task++)); do
    ./batch/array.sh "$task" >out 2>err || fail "job $task: $(cat err)"
  done
  expect 75 dwell scan active.cfg --collect
  one_message 'all [68] runs so far are done, but more points may be needed'
  expect 0 dwell scan active.cfg --jobs batch --restart
done
says out '^0 runs in batch'
expect 0 dwell scan active.cfg --restart --quiet
expect 0 dwell scan active.cfg --set output=active-whole --quiet
same_scans active active-whole

# --- what is wrong is said at once, and nothing is written ---

cat >wrong.cfg <<'TEXT'
base = "base.cfg";
output = "wrong";
design = "grid";
seeds = 0;
parameters = ( { key = "cosmology.v"; min = 0.0; max = 1.0; points = 3; } );
TEXT
expect 2 dwell scan wrong.cfg
says err '^wrong.cfg:4: seeds: 0 is out of range'
says err '^wrong.cfg:5: cosmology.v: unknown key; did you mean cosmology.w'
says err '^dwell: 2 problems with the scan; nothing was written'
[[ ! -e wrong ]] || fail "a wrong scan wrote something"
expect 2 dwell scan
expect 2 dwell scan scan.cfg --restert
expect 2 dwell scan scan.cfg --jobs a --collect
expect 3 dwell scan nothing.cfg

finish
