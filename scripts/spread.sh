#!/usr/bin/env bash
# How far the reference runs (tests/reference) of other compilers, flags and libraries are from reference.json:
# scripts/spread.sh [NAME...], of all builds below unless names are given. Builds build-spread/NAME, a minute or two each; a
# compiler that isn't there is skipped. Prints a table, the largest relative distance of any number in it.
set -eu
cd "$(dirname "$0")/.."

root=$PWD
builds=$root/build-spread
export MPIEXEC="" OMP_WAIT_POLICY=passive
python=/usr/bin/python3
mkdir -p "$builds/run"

# A compiler that contracts a*b + c to one rounding, which the builds forbid; for how far that alone goes.
cat >"$builds/contracting" <<'TEXT'
#!/bin/sh
exec gcc "$@" -ffp-contract=fast
TEXT
chmod +x "$builds/contracting"

# NAME COMPILER LEVEL OPTIMISATION; the level clones: as packages are built, chosen by the loader.
table="gcc-clones-O3 gcc clones -O3
gcc-v1-O2 gcc x86-64 -O2
gcc-v1-O3 gcc x86-64 -O3
gcc-v3-O2 gcc x86-64-v3 -O2
gcc-v3-O3 gcc x86-64-v3 -O3
clang-v1-O3 clang x86-64 -O3
clang-v3-O2 clang x86-64-v3 -O2
clang-v3-O3 clang x86-64-v3 -O3
contracting-v3-O3 $builds/contracting x86-64-v3 -O3"

programs=()
while read -r name compiler level optimisation; do
  if (($# > 0)) && [[ " $* " != *" $name "* ]]; then
    continue
  fi
  if ! command -v "$compiler" >/dev/null; then
    echo "SKIP: $name, no $compiler" >&2
    continue
  fi
  options=(-Ddwell_has_clones=OFF "-DCMAKE_C_FLAGS=-march=$level")
  [[ $level == clones ]] && options=()
  cmake -S . -B "$builds/$name" -G Ninja -DCMAKE_BUILD_TYPE=Release -DDWELL_NATIVE=OFF -DDWELL_BUILD_TESTS=OFF \
    "-DCMAKE_C_COMPILER=$compiler" "-DCMAKE_C_FLAGS_RELEASE=$optimisation" "${options[@]}" >"$builds/$name.log"
  cmake --build "$builds/$name" --target dwell >>"$builds/$name.log"
  programs+=("$builds/$name/dwell")
done <<<"$table"

cd "$builds/run"
"$python" "$root/tests/reference/reference.py" spread "${programs[@]}"
if [[ -e $builds/gcc-clones-O3/dwell ]]; then
  echo "the first with the mathematical functions of a processor without FMA:"
  GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4 "$python" "$root/tests/reference/reference.py" spread "$builds/gcc-clones-O3/dwell"
fi
