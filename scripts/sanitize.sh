#!/usr/bin/env bash
# Tests under sanitizers: scripts/sanitize.sh [threads] [memory] [valgrind], all three unless named. Builds build-tsan (clang, libomp),
# build-sanitize and build-ci; Debian packages clang, libclang-rt-14-dev, libomp-dev, valgrind. Prints what ran and what was found.
#
# threads: the thread sanitizer over tests that use threads and the reference runs, on three threads of one process, and the tests also
#   of two where DWELL_SANITIZE_PROCESSES=2
# memory: addresses, leaks and undefined behaviour over all tests with the label unit
# valgrind: memcheck over a whole run with all kinds of output, and a restart, on one and two processes
set -eu
cd "$(dirname "$0")/.."

if (($# == 0)); then
  set -- threads memory valgrind
fi
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 HWLOC_HIDE_ERRORS=2
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
bad=0

# tests PRESET ARGUMENT...: builds and runs them.
tests() {
  local preset=$1 log=build-$1/sanitize.log
  shift
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset"
  (cd "build-$preset" && ctest --output-on-failure "$@") >"$log" 2>&1 || bad=1
  echo "$preset: $(grep -E '% tests passed' "$log"); $(grep -cE 'WARNING: ThreadSanitizer|ERROR: (Address|Leak)Sanitizer|runtime error:' "$log") reports in $log"
}

# memcheck FOLDER [LAUNCHER...]: a run, and one that goes on; counts errors and what was lost in calls of this program.
memcheck() {
  local folder=$1 lost
  shift
  rm -rf "$folder"
  mkdir -p "$folder"
  cat >"$folder/run.cfg" <<'TEXT'
output = "run";
lattice = { points = 16; length = 7.0; };
time = { end = 2.0; step = 0.2; };
analysis = { interval = 0.2; spectra_interval = 0.5; utc_reference = [ 1.3 ]; tracks = 2; };
store = { snapshots = [ 2.0 ]; slices = 0.5; };
TEXT
  for more in "" "--restart --set time.end=2.5"; do
    # shellcheck disable=SC2086
    (cd "$folder" && OMP_NUM_THREADS=1 "$@" valgrind --suppressions=/usr/share/openmpi/openmpi-valgrind.supp \
      --suppressions="$root/tests/valgrind.supp" --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
      --num-callers=40 --error-exitcode=9 --log-file=valgrind.%p "$root/build-ci/dwell" run run.cfg --quiet $more) || bad=1
  done
  lost=$(cat "$folder"/valgrind.* | grep -c 'definitely lost in loss record' || true)
  echo "valgrind, $folder: $(cat "$folder"/valgrind.* | grep -c '^==.* \(Invalid\|Conditional\|Use of\|Syscall\)' || true) errors, $lost blocks lost"
}

processes=1
[[ ${DWELL_SANITIZE_PROCESSES:-1} == 2 ]] && processes='[12]'
root=$PWD
for part; do
  case $part in
    threads)
      tests tsan -R "^((lattice_(modes_bits|halo|sum|shells)|fields_(passes|companion|step|initial|expansion|relax)|gw_(bits|stress_bits|parts)|analysis_(measure|domains|sectors))\.p$processes|(fields_sectors|gw_oscillator|surrogate_layer|operator_gradient|reference))$"
      ;;
    memory) tests sanitize -L unit ;;
    valgrind)
      cmake --preset ci >/dev/null
      cmake --build --preset ci --target dwell
      memcheck build-ci/valgrind-1
      memcheck build-ci/valgrind-2 mpiexec --bind-to none -n 2
      ;;
    *)
      echo "sanitize.sh: no such part: $part" >&2
      exit 2
      ;;
  esac
done
exit "$bad"
