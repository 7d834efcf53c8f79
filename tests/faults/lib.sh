# What the scripts of this folder share: a program whose calls fail, and the count of how it ended.
# The script sets `faulty`, the program of tests/faults/faulty.c, and `limit`, seconds that no command takes.
# shellcheck shell=bash disable=SC2034,SC2154
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

# run PROCESSES ARGUMENT...: to `out` and `err`.
run() {
  local processes=$1
  shift
  if ((processes == 1)); then
    timeout -s KILL "$limit" "$faulty" "$@" >out 2>err
  else
    # shellcheck disable=SC2086
    timeout -s KILL "$limit" $MPIEXEC -n "$processes" "$faulty" "$@" >out 2>err
  fi
}

# calls COUNTS KIND: how many an undisturbed command makes, of its file DWELL_FAULT_COUNTS.PROCESS.
calls() { awk -v kind="$2" '$1 == kind { print $2 }' "$1"; }

# random_call CALLS: one of so many, to `call`; no subshell, in which RANDOM would begin anew.
random_call() { call=$((1 + (RANDOM * 32768 + RANDOM) % $1)); }

tried=0
declare -A ended=()

# count_end CODE
count_end() {
  tried=$((tried + 1))
  ended[$1]=$((${ended[$1]:-0} + 1))
}

tell_ends() {
  local code
  printf '%d faults tried; exit codes' "$tried"
  for code in "${!ended[@]}"; do
    printf ', %d: %d times' "$code" "${ended[$code]}"
  done
  echo
}
