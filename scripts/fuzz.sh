#!/usr/bin/env bash
# Fuzz targets for long: scripts/fuzz.sh [SECONDS [TARGET...]], each for so many seconds (3600 unless given), one after
# the other, or DWELL_FUZZ_JOBS of them at a time. Builds build-fuzz, needs clang with libFuzzer (Debian: clang,
# libclang-rt-14-dev, libomp-dev). What crashes is kept in build-fuzz/found/TARGET, what is interesting in
# build-fuzz/corpus/TARGET. DWELL_FUZZ_BYTES=1 spoils single bytes of HDF5 files instead of their objects, which finds
# faults of the HDF5 library.
set -eu
cd "$(dirname "$0")/.."

seconds=${1:-3600}
shift || true
if ! command -v clang >/dev/null; then
  echo "SKIP: no clang"
  exit 77
fi
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz

build=$PWD/build-fuzz
source=$PWD/tests/fuzz
mkdir -p "$build/bases" "$build/found"
(cd "$build/bases" && "$build/tests/make_bases")
export DWELL_FUZZ_BASES=$build/bases
export OMP_NUM_THREADS=1 HWLOC_HIDE_ERRORS=2
export ASAN_OPTIONS=allocator_may_return_null=1
export LSAN_OPTIONS=suppressions=$PWD/tests/leaks.supp:print_suppressions=0
export UBSAN_OPTIONS=print_stacktrace=1

if (($# == 0)); then
  mapfile -t targets < <(ls "$source/corpus")
  set -- "${targets[@]}"
fi
# fuzz TARGET: tells what became of it.
fuzz() {
  local found=$build/found/$1 executions words=()
  mkdir -p "$build/corpus/$1" "$found"
  [[ $1 == params || $1 == set || $1 == scan ]] && words=(-dict="$source/keys.dict")
  TIMEFORMAT='%U %S' # user and system
  if time "$build/tests/fuzz_$1" -max_total_time="$seconds" -timeout=100 -rss_limit_mb=3000 -max_len=8192 \
    -print_final_stats=1 "${words[@]}" -artifact_prefix="$found/" "$build/corpus/$1" "$source/corpus/$1" >"$found/log" 2>&1; then
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found/log")
    printf '%-10s %s executions, nothing found\n' "$1" "$executions"
  else
    printf '%-10s FOUND: %s\n' "$1" "$(grep -aE '^SUMMARY|ERROR: ' "$found/log" | head -n 1)"
    return 1
  fi
} 2>"$build/found/$1.seconds"

bad=0
running=0
for target; do
  if ((running >= ${DWELL_FUZZ_JOBS:-1})); then
    wait -n || bad=1
    running=$((running - 1))
  fi
  fuzz "$target" &
  running=$((running + 1))
done
for ((; running > 0; running--)); do
  wait -n || bad=1
done
for target; do
  awk -v target="$target" '{ printf "%-10s %.0f s of a processor\n", target, $1 + $2 }' "$build/found/$target.seconds"
done
exit "$bad"
