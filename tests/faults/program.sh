#!/usr/bin/env bash
# Catches a failure in the program that ends with a wrong exit code, hangs, harms a file, or keeps the run from going on.
# program.sh FAULTY FAULTS [SEED]: so many faults of each kind, at random places, on 1 and on 3 processes; prints how
# many were tried. FAULTY is the program of tests/faults/faulty.c.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

faulty=$1
faults=${2:-12}
RANDOM=${3:-1}
limit=60 # seconds that no run takes

write_config base.cfg 'analysis = { interval = 0.2; spectra_interval = 0.4; utc_reference = [ 1.2 ]; };'
sed -i '/^analysis = { interval = 0.2; spectra_interval = 0.5/d; s/points = 32; length = 14.0/points = 12; length = 5.25/
  s/end = 3.0/end = 1.6/; s/snapshots = .*;/snapshots = [ 1.3 ]; slices = 0.3; checkpoint_minutes = 1e-9; };/' base.cfg

# run PROCESSES ARGUMENT...: to `out` and `err`.
run() {
  local processes=$1
  shift
  if ((processes == 1)); then
    timeout -s KILL "$limit" "$faulty" run base.cfg --quiet "$@" >out 2>err
  else
    # shellcheck disable=SC2086
    timeout -s KILL "$limit" $MPIEXEC -n "$processes" "$faulty" run base.cfg --quiet "$@" >out 2>err
  fi
}

# calls PROCESSES KIND PROCESS: how many an undisturbed run makes.
calls() { awk -v kind="$2" '$1 == kind { print $2 }' "counts$1.$3"; }

# go_on DIRECTORY WHERE: from its checkpoint, or from the beginning where there is none.
go_on() {
  if compgen -G "$1/checkpoints/checkpoint_?.h5" >/dev/null; then
    expect 0 run 1 --set "output=$1" --restart
  else
    ! grep -qs '^checkpoint ' "$1/run.log" || fail "$2: took the last checkpoint"
    expect 0 run 1 --set "output=$1" --set overwrite=true
  fi
  [[ $(fingerprint whole) == "$(fingerprint "$1")" ]] || fail "$2: another state at the end: $(fingerprint "$1")"
  same_files whole/timeseries.csv "$1/timeseries.csv"
  no_unfinished_files "$1"
}

# codes KIND: the exit codes that a failure of this kind may have, 0 where it does no harm.
codes() {
  case $1 in
    memory) echo 0 3 5 ;; # HDF5's pages are of a file's
    mpi) echo 5 ;;
    open) echo 0 2 3 5 ;; # also the configuration
    *) echo 0 3 ;;
  esac
}

# try PROCESSES KIND PROCESS N
try() {
  local code=0 where="$2 call $4 on process $3 of $1"
  rm -rf hit
  DWELL_FAULT="$2 $3 $4" run "$1" --set output=hit || code=$?
  tried=$((tried + 1))
  ended[$code]=$((${ended[$code]:-0} + 1))
  [[ " $(codes "$2") " == *" $code "* ]] || fail "$where: exit code $code; $(grep -a '^dwell' err | head -n 2)"
  if ((code != 0)) && [[ $2 != mpi ]]; then
    [[ $(grep -ac '^dwell: ' err) -ge 1 ]] || fail "$where: nothing was said"
  fi
  if [[ $2 == mpi ]]; then # ends at once: what was being written may be left, until the run goes on
    says err "^dwell: process $3: MPI failed: .*; the last checkpoint is valid"
  elif [[ -d hit ]]; then
    no_unfinished_files hit
  fi
  go_on hit "$where"
}

tried=0
declare -A ended=()
expect 0 run 1 --set output=whole
for processes in 1 3; do
  DWELL_FAULT_COUNTS=counts$processes expect 0 run "$processes" --set "output=whole$processes"
  same_files whole/timeseries.csv "whole$processes/timeseries.csv"
  for kind in mpi memory hdf5 write rename open; do
    for ((i = 0; i < faults; i++)); do
      process=$((RANDOM % processes))
      count=$(calls "$processes" "$kind" "$process")
      ((count > 0)) && try "$processes" "$kind" "$process" $((1 + (RANDOM * 32768 + RANDOM) % count))
    done
  done
done
printf '%d faults tried; exit codes' "$tried"
for code in "${!ended[@]}"; do
  printf ', %d: %d times' "$code" "${ended[$code]}"
done
echo
((tried >= 9 * faults)) || fail "only $tried faults were tried"
finish
