#!/usr/bin/env bash
# Faults, kills and full disks for long: scripts/faults.sh [EVERY [KILLS]]. Every EVERY-th call (1: all, 19,000 runs
# on one process and 21,000 on three, some two hours of a free core, and 3,000 calls of MPI) fails, on 1 and 3 processes;
# KILLS kills (200). Uses build-ci; prints what was tried.
set -eu
cd "$(dirname "$0")/.."

every=${1:-1}
kills=${2:-200}
build=$PWD/build-ci
cmake --preset ci >/dev/null
cmake --build --preset ci
export DWELL=$build/dwell DWELL_SOURCE_DIR=$PWD DWELL_PYTHON=/usr/bin/python3 MPIEXEC="mpiexec --bind-to none"
export OMP_NUM_THREADS=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 HWLOC_HIDE_ERRORS=2
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 CMOCKA_TEST_ABORT=1
export DWELL_FAULTS_EVERY=$every

# in_folder COMMAND...: in an empty folder, in memory where that can be: waiting for a disk would be most of the time.
in_folder() {
  local folder
  if [[ -w /dev/shm ]]; then
    folder=$(mktemp -d -p /dev/shm dwell-faults-XXXXXX)
  else
    folder=$(mktemp -d)
  fi
  (cd "$folder" && "$@")
  rm -rf "$folder"
}
in_folder "$build/tests/test_faults_run"
# shellcheck disable=SC2086
in_folder $MPIEXEC -n 3 "$build/tests/test_faults_run"
in_folder bash "$PWD/tests/faults/program.sh" "$build/tests/dwell_faulty" $((1 + 200 / every))
# Most of such a run is waiting for mpiexec's end.
shares=8
jobs=()
for ((i = 0; i < shares; i++)); do
  in_folder bash "$PWD/tests/faults/program.sh" "$build/tests/dwell_faulty" every "$i" $((shares * every)) &
  jobs+=($!)
done
for job in "${jobs[@]}"; do
  wait "$job"
done
in_folder bash "$PWD/tests/faults/commands.sh" "$build/tests/dwell_faulty" $((1 + 30 / every))
in_folder bash "$PWD/tests/faults/kills.sh" "$kills"
in_folder bash "$PWD/tests/faults/full_disk.sh" 6
