#!/usr/bin/env bash
# Catches a run that needs the table of its background where it was, or goes on with another one.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
write_config base.cfg
# Matter, then radiation: rows of a and H.
awk 'BEGIN { print "# a H"; for (i = 0; i < 60; i++) { a = exp(0.05 * i); printf "%.17g %.17g\n", 3 * a, 0.8 * sqrt(a^-3 + a^-4) } }' >table.txt
cp table.txt original.txt
table=(--set cosmology.background=table --set cosmology.table=table.txt --set cosmology.table_columns=a-hubble
  --set time.end=4 --set "store.snapshots=[4]" --set "analysis.utc_reference=[2.5]")

expect 0 dwell check base.cfg "${table[@]}"
expect 0 dwell run base.cfg --quiet "${table[@]}" --set output=whole
same_files table.txt whole/background.txt
no_unfinished_files whole
expect 0 dwell run base.cfg --quiet --set output=plain
[[ ! -e plain/background.txt ]] || fail "a copy without a table"

# A stop; then the original is gone, changed, and back.
expect 75 dwell_on 2 run base.cfg "${table[@]}" --set output=part --set store.walltime_minutes=0.0001
before=$(contents part)
sed -i '$d' table.txt
expect 2 dwell run base.cfg "${table[@]}" --set output=part --restart
one_message 'cosmology.table: table.txt differs from the copy that the run began with, part/background.txt; put'
expect 2 dwell_on 2 run base.cfg "${table[@]}" --set output=part --restart
one_message_mpi 'cosmology.table: table.txt differs from the copy'
[[ $(contents part) == "$before" ]] || fail "a refused restart changed files"
rm table.txt
expect 0 dwell run base.cfg --quiet "${table[@]}" --set output=part --restart
same_runs whole part
same_files original.txt part/background.txt
expect 0 dwell analyse whole --skip today
expect 3 dwell run base.cfg "${table[@]}" --set output=other
one_message "cosmology.table: can't open table.txt"

# The copy stands for the original, also where it is replaced itself; without it there is no going on.
expect 0 dwell run base.cfg --quiet "${table[@]}" --set cosmology.table=whole/background.txt --set output=whole \
  --set overwrite=true
same_runs whole part
same_files original.txt whole/background.txt
expect 0 dwell run base.cfg --quiet --set output=whole --set overwrite=true
[[ ! -e whole/background.txt ]] || fail "the copy of the run that was replaced is left"
rm part/background.txt
expect 3 dwell run base.cfg "${table[@]}" --set output=part --restart
one_message "can't open part/background.txt"
expect 3 dwell analyse part
one_message "can't open part/background.txt"

# What a table can't be.
cp original.txt table.txt

# A process that can't open it ends all of them; without an agreement the others wait for it for ever.
mkdir elsewhere
for command in run check; do
  one=("$DWELL" "$command" "$PWD/base.cfg" "${table[@]}" --set "output=$PWD/never")
  expect 3 timeout -k 1 60 $MPIEXEC -n 1 "${one[@]}" : -n 1 --wdir "$PWD/elsewhere" "${one[@]}" >out 2>err
  one_message_mpi "cosmology.table: can't open table.txt"
done
[[ ! -e never ]] || fail "a run that can't begin wrote something"
expect 2 dwell check base.cfg "${table[@]}" --set time.end=40
one_message 'table.txt ends at tau = .*, before time.end = 40'
expect 2 dwell check base.cfg "${table[@]}" --set fields.s=0 --set fields.physical_from=40
one_message 'table.txt ends at tau = .*, before fields.physical_from = 40'
expect 2 dwell check base.cfg "${table[@]}" --set time.end=0.5 --set "store.snapshots=[]"
one_message "time.end = 0.5 isn't after the start, tau = 1.[0-9]* \(set by the first row of cosmology.table\)"
expect 2 dwell check base.cfg --set cosmology.background=chain --set "cosmology.chain_w=[0.0,1.0]" \
  --set "cosmology.chain_until=[1.5]"
one_message 'cosmology.chain_until: transition 1 begins at 1.5, not after the start, tau = 2; give later times'
finish
