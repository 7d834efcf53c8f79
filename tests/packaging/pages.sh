#!/usr/bin/env bash
# Catches an option that usage text, manual page and completion don't know, a manual page that man complains about, a
# recipe that isn't in its language, and completion that offers the wrong words.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

# --- the table of commands and options is that of the parsers ---

expect 0 dwell help --table
cp out table
[[ $(awk -F '\t' 'NF != 4 || $4 == ""' table) == "" ]] || fail "lines of help --table without four cells"
cut -f 2 table | grep . | sort -u >in_table
grep -hoE '"--[a-z0-9-]+=?"' "$DWELL_SOURCE_DIR"/app/{commands,options,analyse_options,scan_setup,surrogate_options,surrogate_field,command_params}.c \
  "$DWELL_SOURCE_DIR"/python/dwell/report/__main__.py |
  tr -d '"=' | grep -vxE -e '--(help|version)' | sort -u >in_parsers
same_files in_table in_parsers
diff in_table in_parsers >&2
# Every option is understood by its own command: what it complains about is something else.
while IFS=';' read -r command option has_value; do
  # shellcheck disable=SC2086
  "$DWELL" $command $option ${has_value:+?} no-such-file no-such-file >out 2>&1 && fail "dwell $command $option: no error"
  never out 'unknown option|not understood'
done < <(awk -F '\t' '$2 != "" && $1 !~ /help|params/ { print $1 ";" $2 ";" ($3 != "" ? "yes" : "") }' table)
expect 2 dwell help --unknown
says err "^dwell: help: --unknown isn't understood"

# --- the manual page ---

expect 0 dwell help --man
cp out dwell.1
says dwell.1 '^\.TH DWELL 1 '
"$DWELL" params | sed -n 's/^\([a-z_.0-9]*\) = .*/\1/p' >keys
[[ $(wc -l <keys) -gt 70 ]] || fail "dwell params has few keys"
sed -n 's/^\\fB\([a-z_.0-9]*\)\\fR = .*/\1/p' dwell.1 >in_page
same_files keys in_page
while read -r option; do
  grep -qF -- "\\fB${option//-/\\-}\\fR" dwell.1 || fail "the manual page lacks $option"
done <in_table
if command -v mandoc >/dev/null; then
  # The page has no date: it is written anew at every build.
  mandoc -T lint -W warning dwell.1 2>&1 | grep -v 'missing date' >out
  [[ ! -s out ]] || fail "mandoc: $(head -n 3 out)"
else
  skip_part "no mandoc"
fi
if command -v man >/dev/null && command -v groff >/dev/null; then
  LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=100 man --warnings -E UTF-8 -l -Tutf8 -Z dwell.1 >/dev/null 2>err
  [[ ! -s err ]] || fail "man: $(head -n 3 err)"
  LC_ALL=C.UTF-8 MANWIDTH=100 man -l dwell.1 2>/dev/null | sed 's/.\x08//g' >page
  says page '^ +lattice\.points = 256$'
  says page '^ +75 +Stopped +by +a +signal'
else
  skip_part "no man or groff"
fi

# --- completion ---

# completes LINE WORD...: these words and no others are offered at the end of the line.
completes() {
  local line=$1 words got
  shift
  got=$("$BASH" "$tests_dir/packaging/complete.sh" "$DWELL_SOURCE_DIR/packaging/bash/dwell" "$DWELL" "$line")
  words=$(printf '%s\n' "$@" | sort)
  [[ $got == "$words" ]] || fail "'dwell $line' offers '${got//$'\n'/ }' instead of '$*'"
}
touch mine.cfg
mkdir -p results
completes 'r' report run
completes 'sur' surrogate
completes '--v' --version
completes 'surrogate pre' predict
completes 'run m' mine.cfg
completes 'run mine.cfg --' --set --restart --quiet
completes 'run mine.cfg --re' --restart
completes 'run mine.cfg --set lattice.poi' lattice.points=
completes 'run mine.cfg --set lattice.' "$(grep '^lattice\.' keys | sed 's/$/=/')"
completes 'run mine.cfg --set gw.method=' lattice modes
completes 'run mine.cfg --set gw.method=m' modes
completes 'run mine.cfg --set=gw.method=m' modes
completes 'run mine.cfg --set gw.enabled=' true false
completes 'run mine.cfg --set lattice.points='
completes 'run mine.cfg --set gw.method=modes --q' --quiet
completes 'scan mine.cfg --j' --jobs
completes 'scan mine.cfg --set base.gw.met' base.gw.method=
completes 'scan mine.cfg --jobs res' results
completes 'analyse results --at ' end annihilation
completes 'surrogate train --kernel m' matern
completes 'surrogate evaluate --' --curve --folds --hdf5
completes 'params -' --markdown

# --- recipes for other packagers ---

recipe=$DWELL_SOURCE_DIR/packaging/spack/repo/packages/dwell/package.py
if command -v python3 >/dev/null; then
  python3 "$tests_dir/packaging/recipe.py" "$recipe" "$DWELL_SOURCE_DIR" || fail "the Spack recipe is wrong"
else
  skip_part "no Python: the Spack recipe isn't looked at"
fi
definition=$DWELL_SOURCE_DIR/packaging/apptainer/dwell.def
[[ $(sed -n '1p;2p' "$definition") == 'Bootstrap: docker
From: debian:bookworm'* ]] || fail "$definition doesn't begin with where it starts from"
# Every section is one that Apptainer knows, and those with commands are scripts that the shell reads.
[[ $(grep -oE '^%[a-z]+' "$definition" | grep -vxE '%(setup|files|environment|post|runscript|startscript|test|labels|help)') == "" ]] ||
  fail "a section of $definition is unknown"
for section in post environment runscript test; do
  sed -n "/^%$section/,/^%/{/^%/d;p}" "$definition" >commands
  [[ -s commands ]] || fail "$definition has no %$section"
  sh -n commands || fail "%$section of $definition isn't a shell script"
done
# What it copies from outside is there.
while read -r from _; do
  [[ -e $DWELL_SOURCE_DIR/$from ]] || fail "$definition copies $from, which isn't there"
done < <(sed -n '/^%files/,/^%/{/^%/d;p}' "$definition" | grep -E '^ +[^ /]')
if command -v apptainer >/dev/null; then
  skip_part "the image isn't built in a test: apptainer build dwell.sif packaging/apptainer/dwell.def"
else
  skip_part "no Apptainer: its definition is only read"
fi
finish
