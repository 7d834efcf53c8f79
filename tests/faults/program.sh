#!/usr/bin/env bash
# Catches a failure in the program that ends with a wrong exit code, hangs, harms a file, or keeps the run from going on.
# program.sh FAULTY FAULTS [SEED]: so many faults of each kind, at random places, on 1 and on 3 processes.
# program.sh FAULTY every PART PARTS [PROCESS...]: every call of MPI of a shorter run on 3 processes, or one of so many
# shares of them, on all three or those that are named.
# Prints how many were tried. FAULTY is the program of tests/faults/faulty.c.
# shellcheck source=tests/faults/lib.sh
. "$DWELL_SOURCE_DIR/tests/faults/lib.sh"

faulty=$1
faults=${2:-12}
RANDOM=${3:-1}
limit=60 # seconds that no run takes

write_config base.cfg 'analysis = { interval = 0.2; spectra_interval = 0.4; utc_reference = [ 1.2 ]; };'
sed -i '/^analysis = { interval = 0.2; spectra_interval = 0.5/d; s/points = 32; length = 14.0/points = 12; length = 5.25/
  s/end = 3.0/end = 1.6/; s/snapshots = .*;/snapshots = [ 1.3 ]; slices = 0.3; checkpoint_minutes = 1e-9; };/' base.cfg

# go PROCESSES ARGUMENT...: the run.
go() { run "$1" run base.cfg --quiet "${@:2}"; }

# go_on DIRECTORY WHERE: from its checkpoint, or from the beginning where there is none.
go_on() {
  if compgen -G "$1/checkpoints/checkpoint_?.h5" >/dev/null; then
    expect 0 go 1 --set "output=$1" --restart
  else
    ! grep -qs '^checkpoint ' "$1/run.log" || fail "$2: took the last checkpoint"
    expect 0 go 1 --set "output=$1" --set overwrite=true
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
  DWELL_FAULT="$2 $3 $4" go "$1" --set output=hit || code=$?
  count_end "$code"
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

# whole PROCESSES: an undisturbed run, which counts its calls.
whole() {
  DWELL_FAULT_COUNTS=counts$1 expect 0 go "$1" --set "output=whole$1"
  same_files whole/timeseries.csv "whole$1/timeseries.csv"
}

# at_random PROCESSES
at_random() {
  local kind process count i
  whole "$1"
  for kind in mpi memory hdf5 write rename open; do
    for ((i = 0; i < faults; i++)); do
      process=$((RANDOM % $1))
      count=$(calls "counts$1.$process" "$kind")
      ((count > 0)) && random_call "$count" && try "$1" "$kind" "$process" "$call"
    done
  done
}

# every_mpi PART PARTS [PROCESS...]
every_mpi() {
  local process count n
  local -a processes=("${@:3}")
  ((${#processes[@]} > 0)) || processes=(0 1 2)
  whole 3
  for process in "${processes[@]}"; do
    count=$(calls "counts3.$process" mpi)
    for ((n = 1 + $1; n <= count; n += $2)); do
      try 3 mpi "$process" "$n"
    done
  done
}

if [[ $faults == every ]]; then
  sed -i 's/end = 1.6/end = 1.3/' base.cfg
fi
expect 0 go 1 --set output=whole
if [[ $faults == every ]]; then
  every_mpi "${3:-0}" "${4:-1}" "${@:5}"
else
  at_random 1
  at_random 3
  ((tried >= 9 * faults)) || fail "only $tried faults were tried"
fi
tell_ends
((tried > 0)) || fail "no fault was tried"
finish
