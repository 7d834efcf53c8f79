#!/usr/bin/env bash
# Catches two functions or variables of one name in different libraries of this project: a program that links both gets
# one of them without a word. symbols.sh BUILD
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

if ! command -v nm >/dev/null; then
  echo "SKIP: no nm"
  exit 77
fi

# definitions FOLDER: "NAME LIBRARY" of each external symbol that a library there defines.
definitions() {
  local library
  for library in "$1"/*/libdwell_*.a; do
    nm --defined-only --extern-only --format=posix "$library" 2>/dev/null |
      awk -v library="${library##*/}" 'NF >= 3 && $2 ~ /^[A-Z]$/ { print $1, library }'
  done
}

# twice FOLDER: names with more than one definition, and where they are.
twice() {
  definitions "$1" | sort | awk '{ count[$1]++; where[$1] = where[$1] " " $2 }
    END { for (name in count) if (count[name] > 1) print name ":" where[name] }'
}

names=$(definitions "$1" | wc -l)
((names > 500)) || fail "only $names symbols were found in the libraries of $1"
found=$(twice "$1")
[[ -z $found ]] || fail "defined more than once: $found"

# The search itself: two libraries with a function of the same name, and one within itself.
mkdir -p probe/a probe/b
printf 'int dw_probe(void);\nint dw_probe(void) { return 1; }\n' >probe/probe.c
if cc -c probe/probe.c -o probe/probe.o 2>err; then
  ar rc probe/a/libdwell_a.a probe/probe.o
  ar rc probe/b/libdwell_b.a probe/probe.o
  [[ $(twice probe) == "dw_probe: libdwell_a.a libdwell_b.a" ]] || fail "a name defined twice isn't found: $(twice probe)"
else
  skip_part "the search isn't tried on a case that is known: no cc"
fi
printf '%d names in %d libraries\n' "$names" "$(compgen -G "$1/*/libdwell_*.a" | wc -l)"
finish
