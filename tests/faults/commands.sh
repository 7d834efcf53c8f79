#!/usr/bin/env bash
# Catches a failure in analyse, scan or surrogate that ends with a wrong exit code, hangs, says nothing or too much, harms a
# file, or keeps the same command from giving its results when it is tried again.
# commands.sh FAULTY FAULTS [SEED [CASE...]]: so many faults in each case, kinds by turns, at random places; prints how many
# were tried. FAULTY is the program of tests/faults/faulty.c. What fails is said with the DWELL_FAULT that makes it again.
# shellcheck disable=SC2317 # the cases are called by their names
# shellcheck source=tests/faults/lib.sh
. "$DWELL_SOURCE_DIR/tests/faults/lib.sh"

faulty=$1
faults=${2:-2}
RANDOM=${3:-1}
chosen=("${@:4}")
limit=100 # seconds that no command takes

if [[ -z $DWELL_PYTHON ]]; then
  echo "SKIP: no Python with numpy and h5py, which compares the files"
  exit 77
fi
coproc files { exec "$DWELL_PYTHON" "$tests_dir/faults/whole_files.py"; }

# compare QUESTION...: of whole_files.py; `answer`.
compare() {
  echo "$@" >&"${files[1]}"
  read -r answer <&"${files[0]}" || answer="whole_files.py has ended"
  [[ $answer == ok ]]
}

# --- what the commands work on ---

write_config base.cfg 'gw = { coarsening = 1; };' 'analysis = { interval = 0.2; spectra_interval = 0.3; };'
sed -i '/^gw = { coarsening = 2/d; /^analysis = { interval = 0.2/d; s/points = 32; length = 14.0/points = 12; length = 5.25/
  s/end = 3.0; step = 0.2/end = 1.6; step = 0.4/; s/snapshots = .*;/snapshots = []; slices = 0; checkpoint_minutes = 1e-9; };/' base.cfg
unequal=(--set 'analysis.utc_reference=[1.6]' --set analysis.tracks=4 --set time.end=2)
expect 0 dwell run base.cfg --quiet --set output=a "${unequal[@]}"
expect 0 dwell run base.cfg --quiet --set output=b "${unequal[@]}" --set seed=8

cat >scan.cfg <<'TEXT'
base = "base.cfg";
output = "hit/scan";
design = "sobol";
points = 2;
cheap = { points = 8; seeds = 1; };
parameters = ( { key = "cosmology.w"; min = 0.0; max = 1.0; } );
TEXT
# Three points, then one that the emulator chooses.
cat >active.cfg <<'TEXT'
base = "base.cfg";
output = "hit/scan";
design = "active";
points = 3;
batch = 1;
budget = 4;
target = 1e-6;
blind_every = 0;
quantities = ( "area_parameter_h" );
parameters = ( { key = "cosmology.w"; min = 0.0; max = 1.0; } );
TEXT
expect 0 dwell scan scan.cfg --quiet --set output=learned --set points=6 --set seeds=2 --set cheap.seeds=2
expect 0 dwell surrogate train learned/dataset.h5 --output both.h5 --levels both --bound 1e-4
expect 0 dwell surrogate train learned/dataset.h5 --output few.h5 --quantity area_parameter_h --bound 1e-4
printf 'cosmology.w\n0.3\n0.6\n' >places.txt

cat >corrector.cfg <<'TEXT'
kind = "corrector";
base = "base.cfg";
set = [ "fields.initial.rms=0.12", "lattice.points=16", "lattice.length=6", "time.end=2.2" ];
shells = 3;
cheap = { points = 12; s = 1.0; };
net = { channels = 2; layers = 2; nets = 1; seed = 3; };
train = { first = 1; runs = 2; steps = 4; rate = 0.03; };
test = { first = 500; runs = 2; };
TEXT
expect 0 dwell surrogate train corrector.cfg --output net.h5
((failures == 0)) || finish

# --- the cases: what is there before, and the command, which works in `hit` ---

gev=(--temperature 0.1 --sigma 1e16)

before_analyse() { expect 0 dwell analyse a --output hit --temperature 0.2 --sigma 1e15 --from 1.2; }
analyse() { run "$1" analyse a --output hit "${gev[@]}"; }

analyse_both() { run "$1" analyse a b --output hit/both "${gev[@]}"; }

# Goes on where there is a journal.
do_scan() {
  local again=()
  [[ -e hit/scan/journal.txt ]] && again=(--restart)
  run "$1" scan "${SCAN:-scan.cfg}" --quiet "${again[@]}" "${@:2}"
}
scan() { do_scan "$1"; }

# Of the two points one is done and in the data set, and the next run has a checkpoint.
before_restart() {
  expect 0 dwell scan scan.cfg --quiet --set points=1
  DWELL_FAULT="rename 0 44" expect 3 run 1 scan scan.cfg --quiet --restart --set points=2
  compgen -G "hit/scan/runs/*/checkpoints/checkpoint_?.h5" >out || fail "no run is under way"
}
restart() { do_scan "$1" --set points=2; }

# In place of a scan of another parameter, whose runs were kept.
before_replace() { expect 0 dwell scan scan.cfg --quiet --set points=1 --set keep_runs=true --set base.fields.bias=0.01; }
replace() { run "$1" scan scan.cfg --quiet --set overwrite=true; }

# A pair of processes for each run.
shared() { do_scan "$1" --set processes_per_run=2; }

active() { SCAN=active.cfg do_scan "$1"; }

jobs_of_scan() { do_scan "$1" --jobs hit/jobs; }

before_collect() {
  expect 0 dwell scan scan.cfg --jobs hit/jobs
  local task
  for ((task = 0; task < 4; task++)); do
    DWELL=$DWELL ./hit/jobs/array.sh "$task" >out 2>err || fail "job $task: $(cat err)"
  done
}
collect() { run "$1" scan scan.cfg --quiet --collect; }

before_train() { cp few.h5 hit/model.h5; }
train() { run "$1" surrogate train learned/dataset.h5 --output hit/model.h5 --levels both; }

before_predict() {
  "$DWELL" surrogate predict few.h5 --set cosmology.w=0.2 --csv hit/answer.csv --hdf5 hit/answer.h5 >out 2>err
}
predict() {
  run "$1" surrogate predict both.h5 --set cosmology.w=0.4 --csv hit/answer.csv --hdf5 hit/answer.h5 --gradients
}

places() { run "$1" surrogate predict both.h5 --places places.txt --csv hit/places.csv --hdf5 hit/places.h5; }

ptarcade() { run "$1" surrogate predict both.h5 --ptarcade hit/grid.h5 "${gev[@]}" --grid 3; }

evaluate() { run "$1" surrogate evaluate few.h5 learned/dataset.h5 --folds 2 --hdf5 hit/checks.h5; }

# By three cheap runs, corrected.
query() {
  run "$1" surrogate query both.h5 --dataset learned --set cosmology.w=0.4 --output hit/queries --csv hit/answer.csv \
    --hdf5 hit/answer.h5 --quiet
}

before_train_net() { cp few.h5 hit/net.h5; }
train_net() { run "$1" surrogate train corrector.cfg --output hit/net.h5; }

# It prints its answer.
predict_net() {
  local code=0
  run "$1" surrogate predict net.h5 --set seed=900 || code=$?
  ((code != 0)) || cp out hit/answer
  return "$code"
}

# NAME PROCESSES KIND CODE: kind whole, grows or replaces, as of whole_files.py; the exit code where nothing fails.
cases=(
  "analyse 1 whole 0" "analyse 3 whole 0" "analyse_both 1 whole 0"
  "scan 1 grows 0" "scan 3 grows 0" "shared 2 grows 0" "restart 1 grows 0" "restart 3 grows 0"
  "replace 1 replaces 0" "active 1 grows 0"
  "jobs_of_scan 1 grows 0" "collect 1 grows 0"
  "train 1 whole 0" "predict 1 whole 10" "predict 2 whole 10" "places 1 whole 10" "ptarcade 1 whole 10"
  "evaluate 1 whole 0" "query 1 grows 0" "query 2 grows 0" "train_net 1 whole 0" "predict_net 1 whole 0"
  "predict_net 3 whole 0"
)

# NAME PROCESSES FAULT PROCESS N: tried each time.
known=(
  "predict_net 3 open 1 2" # a process that couldn't read the model left the others waiting
)

# --- faults ---

# codes NAME KIND: the exit codes that a failure of this kind may have, beside that of a command that it does no harm.
codes() {
  case $1:$2 in
    collect:open | collect:hdf5) echo 2 3 5 75 ;; # a run that can't be read counts as left
    *:memory) echo 3 5 ;; # HDF5's pages are of a file's
    *:mpi) echo 5 ;;
    *:open) echo 2 3 5 ;; # also the configuration
    *) echo 3 ;;
  esac
}

# messages KIND PROCESS CODE RIGHT WHERE
messages() {
  local count
  count=$(grep -a '^dwell: ' err | grep -acv '^dwell: warning: ' || true) # a run of a scan may begin anew
  if [[ $1 == mpi ]]; then
    says err "^dwell: process $2: MPI failed: "
  elif (($3 == $4)); then
    ((count == 0)) || fail "$5: complains, but does no harm: $(cat err)"
  elif ((count != 1)); then
    fail "$5: $count messages: $(head -n 4 err)"
  fi
}

# checkpoints_stay NAME WHERE: a run that has one is done, or still has one.
checkpoints_stay() {
  local run
  for run in "before-$1"/scan/runs/*; do
    if compgen -G "$run/checkpoints/checkpoint_?.h5" >/dev/null && ! grep -q '^done 1 ' hit/scan/journal.txt; then
      compgen -G "hit/${run#*/}/checkpoints/checkpoint_?.h5" >/dev/null || fail "$2: took the last checkpoint"
    fi
  done
}

# try NAME PROCESSES KIND CODE FAULT PROCESS N
try() {
  local code=0 where="$1 on $2, DWELL_FAULT='$5 $6 $7'"
  rm -rf hit
  cp -r "before-$1" hit
  DWELL_FAULT="$5 $6 $7" "$1" "$2" || code=$?
  count_end "$code"
  [[ " $4 $(codes "$1" "$5") " == *" $code "* && ($5 != mpi || $code == 5) ]] ||
    fail "$where: exit code $code; $(grep -a '^dwell' err | head -n 2)"
  messages "$5" "$6" "$code" "$4" "$where"
  [[ $5 == mpi ]] || no_unfinished_files hit
  # What can't be read may be in the way of going on: such a run begins anew.
  [[ $1 != restart || " mpi write rename " != *" $5 "* ]] || checkpoints_stay "$1" "$where"
  compare "$3" "before-$1" hit after || fail "$where: $answer"
  expect "$4" "$1" "$2" || fail "$where: it can't be done again"
  no_unfinished_files hit
  compare same hit after || fail "$where: done again, $answer"
}

# try_case NAME PROCESSES KIND CODE
try_case() {
  local fault process count made
  rm -rf hit after counts.*
  mkdir hit
  [[ $(type -t "before_$1") != function ]] || "before_$1"
  rm -rf "before-$1"
  cp -r hit "before-$1"
  DWELL_FAULT_COUNTS=$PWD/counts expect "$4" "$1" "$2" || return
  cp -r hit after
  for ((made = 0; made < faults; turn++)); do
    fault=${kinds[turn % ${#kinds[@]}]}
    process=$((RANDOM % $2))
    count=$(calls "counts.$process" "$fault")
    if ((count > 0)); then
      random_call "$count"
      try "$1" "$2" "$3" "$4" "$fault" "$process" "$call"
      made=$((made + 1))
    fi
  done
  for fault in "${known[@]}"; do
    # shellcheck disable=SC2086
    [[ $fault != "$1 $2 "* ]] || try "$1" "$2" "$3" "$4" ${fault#"$1 $2 "}
  done
}

kinds=(memory hdf5 write rename open mpi)
turn=0
for row in "${cases[@]}"; do
  read -r -a words <<<"$row"
  if ((${#chosen[@]} == 0)) || [[ " ${chosen[*]} " == *" ${words[0]} "* ]]; then
    SECONDS=0
    begun=$tried
    try_case "${words[@]}"
    printf '%-12s on %d: %d faults, %d s\n' "${words[0]}" "${words[1]}" $((tried - begun)) "$SECONDS"
  fi
done
tell_ends
((tried > 0)) || fail "no fault was tried"
finish
