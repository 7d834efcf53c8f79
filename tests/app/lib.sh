# Functions for the tests of the whole program; each test sources this file and ends with `finish`.
#
# DWELL and MPIEXEC come from ctest (tests/CMakeLists.txt). A test works in the current folder, which is empty.
# shellcheck shell=bash disable=SC2034
set -u
: "${DWELL:?set by ctest}" "${MPIEXEC:?set by ctest}" "${DWELL_SOURCE_DIR:?set by ctest}" "${DWELL_PYTHON=}"

tests_dir=$DWELL_SOURCE_DIR/tests
failures=0
children=()

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  failures=$((failures + 1))
}

skip_part() { printf 'SKIP: %s\n' "$*"; }

finish() {
  if ((failures > 0)); then
    printf '%d failure(s)\n' "$failures" >&2
    exit 1
  fi
  echo "all as expected"
  exit 0
}

# What is left running when a test ends.
stop_children() {
  local child
  for child in "${children[@]}"; do
    kill -9 "$child" 2>/dev/null
  done
}
trap stop_children EXIT

# write_config FILE [LINE...]: a small network, 32^3, with all kinds of output; lines are added at the end.
write_config() {
  local file=$1
  shift
  cat >"$file" <<'TEXT'
name = "test";
output = "run";
seed = 7;
precision = "single";
lattice = { points = 32; length = 14.0; stencil = 2; };
time = { end = 3.0; step = 0.2; };
cosmology = { background = "power-law"; w = 0.3333333333; hubble_start = 1.0; };
fields = { potential = "double-well"; s = 1.0; bias = 0.0;
           initial = { kind = "white-noise"; rms = 0.1; cutoff = 3.0; }; };
gw = { coarsening = 2; };
analysis = { interval = 0.2; spectra_interval = 0.5; };
store = { snapshots = [ 2.0, 3.0 ]; slices = 1.0; };
TEXT
  printf '%s\n' "$@" >>"$file"
}

# dwell ARGUMENT...: one process; its output goes to `out` and `err`.
dwell() { "$DWELL" "$@" >out 2>err; }

# dwell_on PROCESSES ARGUMENT...
dwell_on() {
  local processes=$1
  shift
  $MPIEXEC -n "$processes" "$DWELL" "$@" >out 2>err
}

# expect CODE COMMAND...: the command ends with this exit code.
expect() {
  local code=$1 got=0
  shift
  "$@" || got=$?
  if ((got != code)); then
    fail "exit code $got instead of $code: $*"
    tail -n 5 out err >&2
    return 1
  fi
}

# says FILE PATTERN: the pattern (grep -E) is on exactly one line of the file; never: on none.
says() {
  local count
  count=$(grep -cE -e "$2" "$1")
  if [[ $count != 1 ]]; then
    fail "'$2' is on $count lines of $1 instead of one:"
    head -n 20 "$1" >&2
  fi
}

never() {
  if grep -qE -e "$2" "$1"; then
    fail "'$2' is in $1:"
    grep -E -e "$2" "$1" | head -n 5 >&2
  fi
}

# one_message PATTERN: stderr holds this one line, from the program, and no noise of a library.
one_message() {
  says err '^dwell: '
  says err "^dwell: .*$1"
  if [[ $(wc -l <err) != 1 ]]; then
    fail "more than one line on stderr:"
    head -n 20 err >&2
  fi
}

# one_message_mpi PATTERN: the same beside what mpirun itself says about exit codes.
one_message_mpi() {
  says err '^dwell: '
  says err "^dwell: .*$1"
  never err 'HDF5-DIAG|MPI_ERR|Segmentation|MPI_ABORT|signal [0-9]'
}

# same_files A B: byte for byte.
same_files() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }

fingerprint() { sed -n 's/^fingerprint *//p' "$1/run.log" | tail -n 1; }

# same_runs A B: fields at the end, time series, and (with Python) every number of spectra and snapshots.
same_runs() {
  local a b
  a=$(fingerprint "$1")
  b=$(fingerprint "$2")
  [[ -n $a && $a == "$b" ]] || fail "fields of $1 and $2 differ: '$a' and '$b'"
  same_files "$1/timeseries.csv" "$2/timeseries.csv"
  if [[ -n $DWELL_PYTHON ]]; then
    "$DWELL_PYTHON" "$tests_dir/app/same_numbers.py" "$1" "$2" || fail "numbers in files of $1 and $2 differ"
  fi
}

no_unfinished_files() {
  [[ -z $(find "$1" -name '*.tmp') ]] || fail "unfinished files in $1: $(find "$1" -name '*.tmp')"
}

# contents DIRECTORY: names and checksums of all its files.
contents() { (cd "$1" && find . -type f -print0 | sort -z | xargs -0r cksum); }

# rows DIRECTORY: rows of the time series so far.
rows() {
  local lines=0
  [[ -e $1/timeseries.csv ]] && lines=$(wc -l <"$1/timeseries.csv")
  echo $((lines > 0 ? lines - 1 : 0))
}

last_step() { tail -n 1 "$1/timeseries.csv" | cut -d , -f 1; }

# start COMMAND...: in the background, as `child`.
start() {
  "$@" >out 2>err &
  child=$!
  children+=("$child")
}

start_on() {
  local processes=$1
  shift
  # shellcheck disable=SC2086
  start $MPIEXEC -n "$processes" "$DWELL" "$@"
}

# wait_for_rows DIRECTORY COUNT: until the run has written so many rows; false if it ends before.
wait_for_rows() {
  until (($(rows "$1") >= $2)); do
    kill -0 "$child" 2>/dev/null || return 1
    sleep 0.01
  done
}

# stopped_by SIGNAL TARGET DIRECTORY ROWS: sends it after so many rows; true if the run then stopped with a checkpoint.
stopped_by() {
  local code=0
  # Batch systems repeat SIGTERM, which must not cost the checkpoint.
  wait_for_rows "$3" "$4" && kill -s "$1" "$2" && { [[ $1 != TERM ]] || kill -s TERM "$2" 2>/dev/null || true; }
  wait "$child" || code=$?
  ((code == 75))
}
