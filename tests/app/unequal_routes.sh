#!/usr/bin/env bash
# Catches a stress at unequal times that isn't the theory's, and waves from it that aren't those evolved, on free fields.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
if [[ -z $DWELL_PYTHON ]]; then
  skip_part "no Python with numpy and h5py"
  exit 77
fi
cat >base.cfg <<'TEXT'
name = "free"; output = "run"; seed = 1; precision = "double";
lattice = { points = 32; length = 32.0; stencil = 2; };
time = { end = 8.0; step = 0.1; };
cosmology = { background = "power-law"; w = 0.3333333333333333; hubble_start = 0.5; };
fields = { potential = "free"; mass = 0.0; initial = { kind = "white-noise"; rms = 0.1; cutoff = 1.0; }; };
gw = { coarsening = 1; method = "lattice"; };
analysis = { interval = 0.5; spectra_interval = 1.0; tracks = 100000; utc_limit = 1.1; };
store = { slices = 0.0; checkpoint_minutes = 0.0; };
TEXT

# free NAME ARGUMENT...: a run. The time of these small lattices goes into communication between threads.
export OMP_NUM_THREADS=1
free() {
  local name=$1
  shift
  expect 0 dwell run base.cfg --quiet --set "output=$name" "$@"
}

# routes SHELLS MOST RUN... [-- ARGUMENT...]: that many shells are well sampled and none is off by more.
routes() {
  local least=$1 most=$2 runs=()
  shift 2
  while (($# > 0)) && [[ $1 != -- ]]; do
    runs+=("$1")
    shift
  done
  expect 0 dwell analyse "${runs[@]}" --output analysis "${@:2}"
  "$DWELL_PYTHON" "$tests_dir/app/unequal_routes.py" analysis "$least" "$most" || fail "route of ${runs[*]} ${*:2}"
}

# --- ensembles: Wick's theorem, no model of the coherence, and the waves of all members ---

for background in power-law flat; do
  mass=0.0
  method=lattice
  if [[ $background == flat ]]; then
    mass=0.5
    method=modes
  fi
  runs=()
  for seed in 1 2 3 4 5 6; do
    free "$background$seed" --set seed=$seed --set cosmology.background=$background --set fields.mass=$mass \
      --set gw.method=$method
    runs+=("$background$seed")
  done
  "$DWELL_PYTHON" "$tests_dir/app/unequal_wick.py" "$background" $mass "${runs[@]}" || fail "$background: not Wick's"
  routes 5 0.05 "${runs[@]}" -- --only coherence,route
  says out '^  none of the models fits'
done

# --- sources that begin within the run, between samples and between spectra; rows before the end; both grids ---

for method in lattice modes; do
  for coarsening in 1 2; do
    free "$method$coarsening" --set gw.method=$method --set gw.coarsening=$coarsening --set gw.start=4.43
    routes 4 0.05 "$method$coarsening" -- --only route
  done
  routes 4 0.05 "${method}2" -- --only route --to 6.7
done
for w in 0.0 1.0; do
  free "w$w" --set cosmology.w=$w --set gw.start=2.71 --set analysis.track_interval=0.3 --set time.step=0.05 \
    --set analysis.stress_coarsening=2 --set time.end=7.95
  routes 3 0.02 "w$w" -- --only route --to 6.2
done

# --- a run that stopped before its last sample says that it isn't well sampled ---

free short --set analysis.track_interval=0.7 --set analysis.spectra_interval=0.2
cp -r short cut
"$DWELL_PYTHON" - cut/tracks.h5 <<'TEXT'
import sys, h5py
with h5py.File(sys.argv[1], "r+") as file:
    tracks = file["tracks"]
    for name in ("step", "tau", "a", "amplitude"):
        values = tracks[name][:-1]
        del tracks[name]
        tracks[name] = values
TEXT
routes 2 0.1 short -- --only route
expect 0 dwell analyse cut --only route
says out ' in 0 of 0 well sampled shells'

# --- members whose snapshots bring spectra at other times, and one that ended early ---

free early --set seed=2 --set "store.snapshots=[2.45, 3.3, 5.1, 7.2]"
free late --set seed=3
routes 5 0.05 early late -- --only route
mv analysis first
routes 5 0.05 late early -- --only route
"$DWELL_PYTHON" - first analysis <<'TEXT' || fail "the order of members matters"
import sys, h5py, numpy
with h5py.File(sys.argv[1] + "/analysis.h5") as one, h5py.File(sys.argv[2] + "/analysis.h5") as two:
    for name in one["route"]:
        assert numpy.allclose(one["route"][name], two["route"][name], rtol=1e-6, equal_nan=True), name
TEXT
finish
