#!/usr/bin/env bash
# Catches an expansion driven by the field that depends on processes or restarts, that waves or an analysis don't follow,
# or that starts from what can't be.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

write_config base.cfg
driven=(--quiet --set cosmology.background=self-consistent --set cosmology.eta=0.5 --set gw.coarsening=2
  --set "analysis.utc_reference=[2.0]" --set analysis.tracks=4)

# --- the same bits on any number of processes, with both kinds of waves ---

for method in lattice modes; do
  expect 0 dwell run base.cfg "${driven[@]}" --set gw.method=$method --set output=$method
  for processes in 2 3 4; do
    [[ $method == lattice || $processes == 3 ]] || continue
    rm -rf other
    expect 0 dwell_on $processes run base.cfg "${driven[@]}" --set gw.method=$method --set output=other
    same_runs $method other
    same_files $method/expansion.txt other/expansion.txt
  done
done
says lattice/run.log '^expansion    eta/M_P = 0.5; at the start the field has 0\.0[0-9]+ of the energy'
says lattice/run.log '^constraint   the Friedmann equation is violated by at most 0\.00'
says lattice/run.log 'note: what is said beforehand of later times takes the expansion of the fluid alone'
# At the start only rounding is left: the energies of the time series are those that drive a.
awk -F, 'NR == 2 { exit !($NF >= 0 && $NF < 1e-9) }' lattice/timeseries.csv || fail "the constraint fails at the start"
never lattice/timeseries.csv ',$'
expect 0 dwell run base.cfg --quiet --set output=given
never given/run.log 'constraint|expansion'
[[ -z $(tail -n 1 given/timeseries.csv | sed 's/.*,//') ]] || fail "a given background has a constraint"
[[ ! -e given/expansion.txt ]] || fail "a given background has an expansion.txt"

# --- stops and restarts, to a later end too ---

expect 75 dwell_on 2 run base.cfg "${driven[@]}" --set output=short --set store.walltime_minutes=0.0001
expect 0 dwell run base.cfg "${driven[@]}" --set output=short --restart
same_runs lattice short
same_files lattice/expansion.txt short/expansion.txt
expect 0 dwell_on 3 run base.cfg "${driven[@]}" --set output=short --set time.end=3.3 --restart
[[ $(head -n "$(wc -l <lattice/expansion.txt)" short/expansion.txt) == "$(cat lattice/expansion.txt)" ]] ||
  fail "a later end changes the scale factor before"
[[ $(wc -l <short/expansion.txt) -gt $(wc -l <lattice/expansion.txt) ]] || fail "expansion.txt wasn't continued"

# --- a damaged record: the other checkpoint is used ---

if [[ -n $DWELL_PYTHON ]]; then
  expect 75 dwell run base.cfg "${driven[@]}" --set output=hurt --set store.walltime_minutes=0.0001
  "$DWELL_PYTHON" -c 'import h5py; h5py.File("hurt/checkpoints/checkpoint_0.h5", "r+")["expansion"][0, 0] *= 1.5'
  expect 3 dwell run base.cfg "${driven[@]}" --set output=hurt --restart
  one_message "checkpoint_0.h5: dataset /expansion isn't as it was written"
fi

# --- no fluid: eta follows from H ---

expect 0 dwell run base.cfg "${driven[@]}" --set output=alone --set cosmology.eta=0 --set time.end=1.5 \
  --set store.checkpoint_minutes=0
says alone/run.log '^expansion    eta/M_P = [0-9.]+; at the start the field has 1 of the energy, the fluid 0$'

# --- what the waves and the analysis take for H is the run's ---

if [[ -n $DWELL_PYTHON ]]; then
  for method in lattice modes; do
    "$DWELL_PYTHON" - $method <<'PYTHON' || fail "omega of $method isn't over the run's own critical density"
import csv, sys, h5py, numpy
run = sys.argv[1]
rows = {int(r["step"]): r for r in csv.DictReader(open(run + "/timeseries.csv"))}
background = {round(r[0], 9): r for r in numpy.loadtxt(run + "/expansion.txt")}
with h5py.File(run + "/spectra.h5") as f:
    gw = f["gw"]
    for i, step in enumerate(gw["step"][:]):
        row = rows[int(step)]
        a, hubble, tau = (float(row[c]) for c in ("a", "conformal_hubble", "tau"))
        expected = gw["drho_dlnk"][i] / (3 * hubble**2 / a**2)
        assert numpy.allclose(gw["omega"][i], expected, rtol=1e-12, atol=0), step
        assert numpy.allclose(background[round(tau, 9)], [tau, a, hubble, float(row["t"])], rtol=1e-14), step
        assert numpy.all(numpy.isfinite(gw["omega"][i]))
    assert numpy.all(gw["omega"][-1] > 0)
    assert abs(hubble - 1 / tau) > 0.02 / tau  # not radiation
PYTHON
  done
  "$DWELL_PYTHON" - <<'PYTHON' || fail "the two kinds of waves differ"
import h5py, numpy
a, b = (h5py.File(n + "/spectra.h5")["gw/drho_dlnk"][-1][:4] for n in ("lattice", "modes"))
assert numpy.allclose(a, b, rtol=0.05), a / b
PYTHON
else
  skip_part "no Python with h5py: omega against the run's own critical density"
fi
expect 0 dwell analyse lattice --output analysis
cp -r lattice faster
awk '/^#/ { print; next } { print $1, $2, 1.3 * $3, $4 }' lattice/expansion.txt >faster/expansion.txt
expect 0 dwell analyse faster --output analysis-faster
! diff <(sed '/^run /d' analysis/analysis.txt) <(sed '/^run /d' analysis-faster/analysis.txt) >/dev/null ||
  fail "an analysis doesn't look at expansion.txt"
cp -r lattice broken
sed -i '7s/^/x/' broken/expansion.txt
expect 3 dwell analyse broken --output analysis2
one_message 'broken/expansion.txt:7: expected tau, a, conformal Hubble rate and t of the next step'
rm broken/expansion.txt
expect 3 dwell analyse broken --output analysis2
one_message 'there is no expansion.txt, the scale factor of its self-consistent background'

# --- what can't be ---

expect 2 dwell run base.cfg "${driven[@]}" --set output=never --set cosmology.eta=20
one_message 'cosmology.hubble_start: 1 is less than the field alone drives .* give [0-9.]+, which means no fluid'
enough=$(sed -n 's/.*; give \([0-9.]*\), which.*/\1/p' err)
[[ ! -e never ]] || fail "something was written"
expect 0 dwell run base.cfg "${driven[@]}" --set output=heavy --set cosmology.eta=20 --set time.end=0.3 \
  --set "cosmology.hubble_start=$enough" --set "analysis.utc_reference=[]" --set analysis.tracks=0
says heavy/run.log '^expansion    eta/M_P = 20; at the start the field has 1 of the energy, the fluid 0$'
expect 0 dwell check base.cfg --set cosmology.background=self-consistent --set cosmology.eta=0.5
says out 'note: what is said beforehand of later times takes the expansion of the fluid alone'
expect 4 dwell run base.cfg "${driven[@]}" --set output=fast --set cosmology.eta=2.5
says fast/run.log 'from tau = 2\.[0-9]* on, where a = [0-9.]*, the steps are unstable: the universe expands faster'
says fast/run.log 'warning: from tau = [0-9.]* on the Friedmann equation is violated by 0.01 or more'
expect 4 dwell run base.cfg "${driven[@]}" --set output=crunch --set cosmology.eta=0 --set fields.bias=0.9
one_message 'the universe stops expanding at tau = 1\.[0-9]*, where the energy density isn.t positive any more'
expect 2 dwell run base.cfg "${driven[@]}" --set output=never --set fields.s=0
says err '^fields.s: fat walls'
expect 2 dwell run base.cfg --quiet --set output=never --set cosmology.eta=0.1
says err '^cosmology.eta: belongs to the background "self-consistent"'
finish
