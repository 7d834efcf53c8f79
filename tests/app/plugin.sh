#!/usr/bin/env bash
# Catches a plug-in that isn't the built-in potential bit by bit, depends on the number of processes, is lost with the
# user's file, changes in a restart; and one that is wrong and is let through, or refused without a clear message.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
write_config builtin.cfg
write_config own.cfg
sed -i 's/potential = "double-well"/potential = "plugin"; potential_file = "own.c"/' own.cfg

# write_plugin FILE: the double well, in the same expressions as the built-in one.
write_plugin() {
  cat >"$1" <<'TEXT'
#define DWELL_INTERFACE 1
#include "dwell_potential.h"
static double v0(const dwell_numbers *at, double phi) {
  const double well = phi * phi - 1;
  return 0.25 * well * well;
}
static double vb(const dwell_numbers *at, double phi) { return phi * (phi * phi / 3 - 1); }
static dwell_real slope(const dwell_numbers *at, dwell_real c0, dwell_real cb, dwell_real phi) {
  return (phi * phi - 1) * (c0 * phi + cb);
}
DWELL_POTENTIAL(slope, v0, vb)
TEXT
}

# refused CODE PATTERN ARGUMENT...: `run` and `check` alike; nothing is written, nor left of the compilation.
mkdir tmp
export TMPDIR=$PWD/tmp
refused() {
  local code=$1 pattern=$2 command
  shift 2
  for command in run check; do
    expect "$code" dwell "$command" own.cfg --set output=refused "$@"
    says err '^dwell: '
    says err "$pattern"
    [[ ! -e refused ]] || fail "$command wrote something: $*"
  done
  [[ -z $(ls -A tmp) ]] || fail "left in the temporary directory: $(ls -A tmp)"
}

# broken CODE PATTERN SED-EXPRESSION [ARGUMENT...]: the double well with this change.
broken() {
  local code=$1 pattern=$2 change=$3
  shift 3
  write_plugin own.c
  sed -i "$change" own.c
  refused "$code" "$pattern" "$@"
}

# --- the same bits as the built-in ---

write_plugin own.c
for precision in single double; do
  for bias in 0 0.03; do
    settings=(--set "precision=$precision" --set "fields.bias=$bias" --set overwrite=true)
    expect 0 dwell run builtin.cfg --set output=builtin "${settings[@]}"
    expect 0 dwell run own.cfg --set output=own "${settings[@]}"
    [[ -n $(fingerprint own) && $(fingerprint own) == "$(fingerprint builtin)" ]] ||
      fail "$precision, bias $bias: $(fingerprint own) and $(fingerprint builtin)"
  done
done
says own/run.log '^potential    own.c, fingerprint [0-9a-f]{16}$'
same_files own/potential_copy.c own.c
[[ ! -e builtin/potential_copy.c ]] || fail "a copy without a plug-in"
# Columns without the computed tension, which is right to 1e-10 only.
diff <(cut -d , -f 1-9,13-14 builtin/timeseries.csv) <(cut -d , -f 1-9,13-14 own/timeseries.csv) >difference ||
  fail "time series: $(head -n 5 difference)"

# --- processes, restart, analysis, without the user's file ---

cp "$DWELL_SOURCE_DIR/examples/potential.c" own.c
values=(--set 'fields.potential_values=[1.0]' --set fields.bias=0.02)
expect 0 dwell run own.cfg --set output=one "${values[@]}"
DWELL_CC="$(command -v cc) -ffast-math" expect 0 dwell run own.cfg --quiet --set output=fast "${values[@]}"
[[ $(fingerprint fast) == "$(fingerprint one)" ]] || fail "the user's compiler decides the arithmetic"
expect 0 dwell_on 2 run own.cfg --set output=two "${values[@]}"
same_runs one two
[[ $(fingerprint one) != "$(fingerprint own)" ]] || fail "the values change nothing"

expect 75 dwell_on 2 run own.cfg --set output=half "${values[@]}" --set store.walltime_minutes=1e-9
echo '// changed' >>own.c
expect 2 dwell run own.cfg --set output=half "${values[@]}" --restart
one_message "fields.potential_file: own.c isn't what the run in half began with, which is kept in half/potential_copy.c"
expect 2 dwell_on 2 run own.cfg --set output=half "${values[@]}" --restart
one_message_mpi "fields.potential_file: own.c isn't what the run in half began with"
rm own.c
expect 2 dwell run own.cfg --set output=half --set 'fields.potential_values=[2]' --set fields.bias=0.02 --restart
says err '^fields.potential_values: was \[1.0\], is now \[2.0\]; a restart'
cp half/potential_copy.c kept
echo >>half/potential_copy.c
expect 2 dwell run own.cfg --set output=half "${values[@]}" --restart
says err '^fields.potential_fingerprint: was "[0-9a-f]{16}", is now'
cp kept half/potential_copy.c
expect 0 dwell run own.cfg --set output=half "${values[@]}" --restart
same_runs one half
expect 0 dwell analyse half --skip coherence,route
expect 3 dwell run half/config.cfg --set output=refused
one_message 'fields.potential_file: own.c: '
expect 0 dwell run half/config.cfg --set output=again --set fields.potential_file=half/potential_copy.c
same_runs one again
rm half/potential_copy.c
expect 3 dwell analyse half --skip coherence,route
one_message 'half/spectra.h5: fields.potential_file: half/potential_copy.c: '
write_plugin half/potential_copy.c
expect 3 dwell analyse half --skip coherence,route
one_message 'fields.potential_fingerprint: half/potential_copy.c has [0-9a-f]{16}, not [0-9a-f]{16}'

# --- what is wrong ---

refused 3 "fields.potential_file: missing.c: " --set fields.potential_file=missing.c
refused 3 "fields.potential_file: tmp: " --set fields.potential_file=tmp
broken 2 "^own.c:5:[0-9]+: error: .*wall" 's/return 0.25 \* well/return 0.25 * wall/'
says err "^dwell: fields.potential_file: own.c doesn't compile"
broken 2 "^own.c:9:[0-9]+: error: .*cube" 's/return (phi \* phi - 1)/return cube(phi)/'
broken 2 'error: .*write #define DWELL_INTERFACE 1' '/DWELL_INTERFACE/d'
broken 2 'error: .*this dwell has version 1' 's/INTERFACE 1/INTERFACE 2/'
broken 2 "own.c doesn't define dwell_slopes; end it with DWELL_POTENTIAL\(slope, v0, vb\)" '/^DWELL_POTENTIAL/d'
broken 2 "own.c is compiled but can't be loaded: .*elsewhere" 's/return 0.25/return elsewhere() + 0.25/;1a int elsewhere(void);'
broken 2 'own.c: v0 is -?nan at phi = 0 in single precision' 's/return 0.25/return phi * 0 \/ phi + 0.25/'
broken 2 'own.c: the slope of v0 is -?(nan|inf) at phi = 0 ' 's/return (phi \* phi - 1)/return (phi * phi - 1) * phi \/ phi/'
broken 2 "own.c: the slope isn't the derivative of v0: at phi = -2 " 's/return 0.25/return 0.5/'
broken 2 "own.c: the slope isn't the derivative of vb: " 's/(c0 \* phi + cb)/(c0 * phi - cb)/'
broken 2 'own.c: at phi = .* in single and .* in double' 's/(c0 \* phi + cb)/(c0 * phi + cb) * (sizeof(dwell_real) == 4 ? 2 : 1)/'
broken 2 'v has no minimum at phi < 0' 's/return 0.25 .*/return phi * phi \/ 2;/;s/return (phi \* phi - 1).*/return c0 * phi + cb * (phi * phi - 1);/'
broken 2 'v is 1 in the vacua -1 and 1; it must be 0 there' 's/return 0.25/return 1 + 0.25/'
broken 2 'they must be degenerate' 's/well \* well;/well * well + 0.01 * phi;/;s/return (phi \* phi - 1) \* (c0 \* phi + cb)/return (phi * phi - 1) * (c0 * phi + cb) + c0 * (dwell_real)0.01/'
broken 2 'fields.bias: 0.1, but vb of own.c is constant' 's/cb)/0 * cb)/;s/slope, v0, vb/slope, v0, dwell_no_bias/' --set fields.bias=0.1
# shellcheck disable=SC2016
broken 2 'dwell_components = 5; there may be 1 to 4' '1s/^/#define dwell_components hidden\n/;$s/$/\n#undef dwell_components\n__attribute__((visibility("default"))) const int dwell_components = 5;/'
write_plugin own.c
DWELL_CC=no-such-compiler refused 2 'no C compiler, no-such-compiler can.t be started .* DWELL_CC'
CC=no-such-compiler DWELL_CC="$(command -v cc) -DUNUSED" expect 0 dwell check own.cfg
refused 2 'fields.potential_fingerprint: own.c has [0-9a-f]{16}, not 1, so' --set fields.potential_fingerprint=1
refused 2 '^fields.potential_file: the potential "plugin" needs the path' --set fields.potential_file=
refused 2 '^fields.potential_file: belongs to "plugin", not to "free"' --set fields.potential=free

# A failure on the process that compiles ends all of them.
sed -i 's/return 0.25/return phi * 0 \/ phi + 0.25/' own.c
expect 2 dwell_on 2 run own.cfg --set output=refused
one_message_mpi 'own.c: v0 is -?nan at phi = 0'
echo 'int broken(' >>own.c
expect 2 dwell_on 2 run own.cfg --set output=refused
one_message_mpi "own.c doesn't compile"
[[ ! -e refused ]] || fail "something was written"

# NaN that shows in the run only.
write_plugin own.c
sed -i 's/return (phi \* phi - 1)/if (at->tau > 2 \&\& at->tau < 2.2) c0 \/= 0;\n  return (phi * phi - 1)/' own.c
expect 4 dwell run own.cfg --set output=late
one_message 'the potential is that of own.c'
[[ -z $(ls -A tmp) ]] || fail "left in the temporary directory: $(ls -A tmp)"

finish
