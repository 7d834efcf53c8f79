#!/usr/bin/env bash
# Static analysis: scripts/lint.sh [clang-tidy] [cppcheck] [warnings] [widening], the first three unless named; clang-tidy over the program
# alone, the others over tests and benchmarks too. widening: products of ints that become 64 bits afterwards, a list to be read. Needs clang, clang-tidy and
# cppcheck (Debian packages of these names); what is missing is skipped. Prints findings; exit code 1 if there are any. The checks
# of clang-tidy are in .clang-tidy, what cppcheck is told to pass over in scripts/cppcheck.txt, each with its reason.
# Configures build-lint and compiles nothing. Some ten minutes on two cores.
set -eu
cd "$(dirname "$0")/.."

if (($# == 0)); then
  set -- clang-tidy cppcheck warnings
fi
if ! command -v clang >/dev/null; then
  echo "SKIP: no clang"
  exit 77
fi
build=$PWD/build-lint
cmake -S . -B "$build" -G Ninja -DCMAKE_C_COMPILER=clang -DDWELL_BUILD_TESTS=ON -DDWELL_BUILD_BENCH=ON >/dev/null
cmake --build "$build" --target dwell_version_values >/dev/null
database=$build/compile_commands.json
bad=0

# tidy ARGUMENT...: over the program's sources.
tidy() {
  sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$database" | grep -vE "^$PWD/(tests|bench)/" | sort -u |
    xargs -P "$(nproc)" -n 4 clang-tidy -p "$build" --quiet "$@" 2>/dev/null | grep -E '(warning|error): '
}

# report NAME: findings on standard input, each once.
report() {
  local found
  found=$(sort -u)
  if [[ -z $found ]]; then
    echo "$1: nothing found"
  else
    printf '%s\n' "$found"
    echo "$1: $(wc -l <<<"$found") findings"
    bad=1
  fi
}

for tool; do
  if [[ $tool != warnings && $tool != widening ]] && ! command -v "$tool" >/dev/null; then
    echo "SKIP: no $tool"
    continue
  fi
  case $tool in
    clang-tidy)
      report clang-tidy < <(tidy)
      ;;
    widening)
      tidy '--checks=-*,bugprone-implicit-widening-of-multiplication-result' | sort -u
      ;;
    cppcheck)
      report cppcheck < <(cppcheck --project="$database" --enable=warning,performance,portability --inline-suppr \
        --suppressions-list=scripts/cppcheck.txt --template='{file}:{line}: {severity}: {message} [{id}]' --quiet -j "$(nproc)" 2>&1)
      ;;
    warnings)
      # What gcc doesn't have: 64 bits that become 32, shown by clang alone. Each source as it is compiled, without code.
      report warnings < <(sed -n 's/^ *"command": "\(.*\)",\{0,1\}$/\1/p' "$database" | sed 's/\\"/"/g; s/ -o [^ ]*//; s/ -MF [^ ]*//; s/ -MT [^ ]*//' |
        xargs -P "$(nproc)" -d '\n' -I LINE sh -c 'LINE -fsyntax-only -Wshorten-64-to-32 -Wno-double-promotion' 2>&1 | grep 'warning: ')
      ;;
    *)
      echo "lint.sh: no such tool: $tool" >&2
      exit 2
      ;;
  esac
done
exit "$bad"
