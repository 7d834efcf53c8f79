#!/usr/bin/env bash
# Catches a query of a surrogate that goes the wrong way, has no provenance or a wrong one, runs something twice, or says
# other numbers than the runs it stands for.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
# shellcheck source=tests/app/scan_lib.sh
. "$DWELL_SOURCE_DIR/tests/app/scan_lib.sh"

# A scan of w alone, 16^3 and twins of 8^3: four points of two seeds and three cheap ones.
write_scan scan.cfg
sed -i 's/points = 32/points = 16/; s/length = 14.0/length = 7.0/' base.cfg
sed -i '/fields.initial.cutoff/d; s/max = 1.0; },/max = 1.0; } );/; s/^points = 2/points = 4/; /blind_every/d' scan.cfg
expect 0 dwell scan scan.cfg --quiet

# Three models: one that trusts itself, and two that never do, with and without a second layer.
train() { dwell surrogate train scan/dataset.h5 --output "$@" --quantity etc/value --quantity area_parameter_h; }
expect 0 train good.h5 --levels both --bound 1000
expect 0 train both.h5 --levels both --bound 0.0001
expect 0 train fine.h5 --levels fine --bound 0.0001

# query MODEL [OPTION...]
query() { dwell surrogate query "$1" --dataset scan "${@:2}"; }

# column NAME FILE: of all lines.
column() {
  awk -F , -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }' "$2"
}

# all_are WORD COLUMN FILE
all_are() { [[ $(column "$2" "$3" | sort -u) == "$1" ]] || fail "$3: $2 is $(column "$2" "$3" | sort -u | tr '\n' ' ')"; }

runs_begun() { cat scan/queries/*/journal.txt 2>/dev/null | grep -c '^begun '; }

# --- OK: the model's numbers ---

expect 0 query good.h5 --set cosmology.w=0.4 --csv good.csv
says out '^status +OK$'
says out '^provenance +emulated: '
all_are emulated provenance good.csv
expect 0 dwell surrogate predict good.h5 --set cosmology.w=0.4 --csv predict.csv
all_are emulated provenance predict.csv
[[ $(column value good.csv) == "$(column value predict.csv)" ]] || fail "a query that is OK isn't the prediction"
[[ ! -e scan/queries ]] || fail "a query that is OK ran something"

# --- DEGRADED: cheap runs, corrected ---

expect 0 query both.h5 --set cosmology.w=0.4 --csv both.csv --dry-run
says out '^provenance +corrected: '
says out '^runs +3 runs of 8\^3, 8 steps$'
says out '^cost +1.23e\+04 cells x steps, about [0-9.e-]+ s of one core$'
[[ ! -e scan/queries && ! -e both.csv ]] || fail "--dry-run made or wrote something"
expect 0 query both.h5 --set cosmology.w=0.4 --csv both.csv
all_are corrected provenance both.csv
all_are DEGRADED status both.csv
all_are 3 runs both.csv
[[ $(runs_begun) == 3 ]] || fail "$(runs_begun) runs instead of three cheap ones"
[[ $(awk '$1 == "done" { print $3 }' scan/queries/corrected-*/journal.txt | tr '\n' ' ') == "7 8 9 " ]] ||
  fail "cheap runs have other seeds: $(cat scan/queries/corrected-*/journal.txt)"
contents scan/queries >before
awk -F , 'NR > 1 && !($6 > 0 && $7 > 0 && $8 > 0 && $9 > 0 && $7 >= $9) { exit 1 }' both.csv ||
  fail "errors of corrected numbers: $(cat both.csv)"

# The same query makes no run again, nor does another model's: the run is the same.
expect 0 query both.h5 --set cosmology.w=0.4 --csv again.csv
says out '^runs +3 runs of 8\^3, 8 steps, 3 of them kept$'
same_files both.csv again.csv
expect 0 query fine.h5 --set cosmology.w=0.4 --csv fine.csv
all_are corrected provenance fine.csv
[[ $(runs_begun) == 3 ]] || fail "a query was run twice"
contents scan/queries >after
same_files before after

# --- OUT: full runs, the numbers of `dwell run` ---

expect 0 query good.h5 --set cosmology.w=1.1 --csv out.csv --hdf5 out.h5
says out '^status +OUT: cosmology.w = 1.1 is outside the range'
says out '^provenance +simulated: full runs$'
all_are simulated provenance out.csv
all_are 2 runs out.csv
[[ $(runs_begun) == 5 ]] || fail "$(runs_begun) runs instead of three cheap and two full ones"
expect 0 query good.h5 --set cosmology.w=1.1 --csv again.csv
same_files out.csv again.csv
[[ $(runs_begun) == 5 ]] || fail "a query was run twice"
for seed in 7 8; do
  expect 0 dwell run base.cfg --set cosmology.w=1.1 --set "seed=$seed" --set "output=alone$seed" --quiet
done
mean=$(for seed in 7 8; do tail -n 1 "alone$seed/timeseries.csv"; done |
  awk -F , -v at="$(head -n 1 alone7/timeseries.csv | tr , '\n' | grep -nx area_parameter_h | cut -d : -f 1)" \
    '{ sum += $at } END { printf "%.12g", sum / 2 }')
found=$(awk -F , '$1 == "area_parameter_h" && $4 == 2 { printf "%.12g", $6 }' out.csv)
[[ $found == "$mean" ]] || fail "area_parameter_h is $found instead of $mean"
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" - <<'END' || fail "HDF5 of a query, or spectra of its runs"
import h5py, numpy
out = h5py.File("out.h5")
assert out.attrs["provenance"] in (b"simulated", "simulated")
runs = [h5py.File(f"alone{seed}/spectra.h5")["etc"] for seed in (7, 8)]
last = numpy.array([run["value"][-1] for run in runs])
keep = (last != 0).all(axis=0)
value = out["etc/value/value"]
assert value.attrs["provenance"] in (b"simulated", "simulated")
assert numpy.allclose(value[-1], last.mean(axis=0)[keep], rtol=1e-12), (value[-1], last)
error = last.std(axis=0, ddof=1)[keep] / numpy.sqrt(2) / last.mean(axis=0)[keep]
assert numpy.allclose(out["etc/value/error"][-1], error, rtol=1e-9)
scan = h5py.File("scan/dataset.h5")
words = scan["runs/provenance"].asstr()[:]
levels = scan["runs/level"][:]
assert (words == numpy.where(levels == 0, "simulated, fine", "simulated, cheap")).all(), words
assert h5py.File("scan/ensemble.h5")["etc/value"].attrs["provenance"] in (b"simulated", "simulated")
END
else
  skip_part "no Python with h5py looks at spectra and HDF5 of a query"
fi

# A fixed parameter that is changed, seeds and a place for the runs of the user's; on two processes the same numbers.
expect 0 dwell_on 2 surrogate query good.h5 --dataset scan/dataset.h5 --set cosmology.w=1.1 --output elsewhere --csv two.csv \
  --quiet
same_files out.csv two.csv
[[ $(ls elsewhere) == simulated-* ]] || fail "--output holds $(ls elsewhere)"
expect 0 query good.h5 --set lattice.points=20 --set cosmology.w=0.4 --seeds 1 --csv one.csv --quiet
says out '^status +OUT: lattice.points was fixed in the scan and is changed$'
all_are 1 runs one.csv
all_are "" error one.csv # one seed has no scatter

# Kept results that are gone are made again, and are the same.
one=$(echo elsewhere/simulated-*)
rm "$one/dataset.h5" "$one/ensemble.h5"
expect 0 query good.h5 --set cosmology.w=1.1 --output elsewhere --csv two.csv --quiet
same_files out.csv two.csv

# A query that reaches the wall-clock limit says so, and goes on when it is asked again: limits don't make it another one.
expect 75 query good.h5 --set cosmology.w=1.2 --set store.walltime_minutes=1e-9 --quiet
one_message 'stopped with runs left in scan/queries/simulated-[0-9a-f]+; ask again to go on'
begun=$(runs_begun)
expect 0 query good.h5 --set cosmology.w=1.2 --csv late.csv --quiet
all_are simulated provenance late.csv
(($(runs_begun) == begun + 2)) || fail "$(runs_begun) runs begun, $begun before"

# --- refusals ---

expect 2 dwell surrogate query good.h5 --set cosmology.w=0.4
says err '^dwell: --dataset is missing'
expect 3 dwell surrogate query good.h5 --dataset nowhere
one_message 'nowhere'
expect 2 query good.h5 --set cosmology.w=wet
says err '^--set cosmology.w: '
expect 2 query good.h5 --set time.step=0.9 # unstable
says err '^time.step: leapfrog is unstable at 0.9'
expect 2 query good.h5 --seeds 0
one_message '--seeds: "0" is'
expect 0 dwell scan scan.cfg --set output=other --set points=1 --set cheap.seeds=2 --set base.fields.bias=0.01 --quiet
expect 2 dwell surrogate query good.h5 --dataset other
one_message 'other has another fields.bias than the model good.h5'
expect 0 dwell scan scan.cfg --set output=few --set points=1 --quiet
expect 0 dwell surrogate query fine.h5 --dataset few --set cosmology.w=0.4 --dry-run # no two points with twins
says out '^provenance +simulated: '
says out "a cheap run can't be corrected: 1 point of the data set has cheap twins"
kept=$(echo scan/queries/corrected-*/dataset.h5)
head -c 3000 "$kept" >cut.h5 && mv cut.h5 "$kept"
expect 3 query both.h5 --set cosmology.w=0.4 --csv damaged.csv
one_message "$kept"
[[ ! -e damaged.csv ]] || fail "a table was written from damaged runs"
no_unfinished_files .
finish
