#!/usr/bin/env bash
# Catches anything that makes results depend on the number of processes, their grid, or the threads.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

# compare LABEL ARGUMENT... -- CASE...: a reference on one process and thread against cases "PROCESSES THREADS [GRID]".
compare() {
  local label=$1 arguments=() case processes threads grid
  shift
  while [[ $1 != -- ]]; do
    arguments+=("$1")
    shift
  done
  shift
  expect 0 dwell run base.cfg --quiet --set "output=$label" "${arguments[@]}" || return
  for case in "$@"; do
    read -r processes threads grid <<<"$case"
    rm -rf other
    OMP_NUM_THREADS=$threads expect 0 dwell_on "$processes" run base.cfg --quiet --set output=other \
      ${grid:+--set "lattice.processes=$grid"} "${arguments[@]}" || continue
    same_runs "$label" other
    ((failures == 0)) || fail "so far with $label on '$case'"
  done
}

write_config base.cfg
compare single2 -- "1 2" "2 1" "3 1" "4 1" "2 2" "4 1 [1,4]" "4 1 [4,1]"
compare single4 --set lattice.stencil=4 -- "1 2" "2 1 [1,2]" "3 1" "4 2 [2,2]"
compare double2 --set precision=double -- "2 1" "4 1 [2,2]"
compare double4 --set precision=double --set lattice.stencil=4 -- "1 2" "3 1" "4 1 [1,4]"
# Blocks of unequal size: 15 pairs of planes on 4 processes, 9 fours on 2 x 2.
compare uneven --set lattice.points=30 -- "3 1 [1,3]" "4 1" "4 1 [2,2]"
compare coarse4 --set lattice.points=36 --set gw.coarsening=4 --set lattice.stencil=4 -- "4 2 [2,2]"
compare single-rows --set lattice.points=30 --set gw.coarsening=1 -- "4 1 [1,4]"
# Other equations: bias and fat walls, flat space, a start from a file.
compare fat --set fields.s=0 --set fields.bias=0.1 --set cosmology.w=1 -- "3 1"
compare yoshida4 --set time.integrator=yoshida4 -- "1 2" "2 1" "4 1 [2,2]"
compare yoshida6 --set time.integrator=yoshida6 --set precision=double -- "3 1"
compare flat --set cosmology.background=flat -- "4 1"
compare file --set fields.initial.kind=snapshot \
  --set fields.initial.file=single2/snapshots/snapshot_000012.h5 -- "3 1"
compare finer --set fields.initial.kind=snapshot --set lattice.points=48 \
  --set fields.initial.file=single2/snapshots/snapshot_000012.h5 -- "3 1" "4 1 [2,2]"

# Two fields with walls, strings and junctions; from noise and from cells.
complex=(--set fields.potential=z-n --set fields.axion_mass=1)
compare zn2 "${complex[@]}" --set fields.walls=2 -- "2 1" "4 1 [2,2]"
compare zn3 "${complex[@]}" --set precision=double --set lattice.stencil=4 --set fields.bias=0.05 -- "3 1" "4 2 [1,4]"
compare zn5 "${complex[@]}" --set fields.walls=5 --set fields.initial.kind=cells --set lattice.points=30 -- "4 1 [2,2]"
compare zn3-file "${complex[@]}" --set fields.initial.kind=snapshot \
  --set fields.initial.file=zn2/snapshots/snapshot_000012.h5 -- "3 1"

compare wells --set fields.potential=double-wells --set fields.components=3 --set fields.coupling=0.3 -- "4 2 [2,2]"

# Stress and waves: both methods, all coarse grids, two grids, a start inside the run.
parts=(--set analysis.stress_parts=true)
compare waves1 "${parts[@]}" --set gw.coarsening=1 --set lattice.stencil=4 --set gw.start=1.7 -- "3 1" "4 2 [2,2]"
compare waves2 "${parts[@]}" --set precision=double -- "2 1 [1,2]" "4 1"
compare waves4 "${parts[@]}" --set lattice.points=40 --set gw.coarsening=4 --set fields.s=0 -- "2 2" "4 1 [1,4]"
modes=("${parts[@]}" --set gw.method=modes)
compare modes1 "${modes[@]}" --set gw.coarsening=1 -- "1 2" "3 1"
compare modes2 "${modes[@]}" --set lattice.points=30 --set gw.start=1.7 -- "3 1 [1,3]" "4 2 [2,2]"
compare modes4 "${modes[@]}" --set precision=double --set lattice.points=36 --set gw.coarsening=4 -- "4 1 [2,2]"
compare grids14 "${parts[@]}" --set gw.coarsening=1 --set analysis.stress_coarsening=4 -- "4 1 [2,2]"
compare grids21 "${modes[@]}" --set analysis.stress_coarsening=1 -- "3 1"
compare none --set gw.enabled=false "${parts[@]}" -- "3 1"
# Unequal times, with references at the start, between spectra, twice at one step, and after the end.
unequal=(--set "analysis.utc_reference=[2.01, 1.6, 0.5, 2.0, 9]" --set analysis.tracks=12)
compare unequal2 "${unequal[@]}" --set analysis.utc_earlier=true -- "2 1 [1,2]" "3 1" "4 2 [2,2]"
compare unequal1 "${unequal[@]}" --set gw.coarsening=1 --set analysis.utc_limit=3.1 --set precision=double \
  --set analysis.track_interval=0.3 -- "3 1" "4 1 [1,4]"
compare unequal4 "${unequal[@]}" --set lattice.points=40 --set analysis.stress_coarsening=4 --set gw.method=modes \
  --set analysis.utc_limit=0.9 -- "4 1 [2,2]"
for run in unequal1 unequal2 unequal4; do
  [[ -z $DWELL_PYTHON ]] || "$DWELL_PYTHON" "$tests_dir/app/unequal.py" "$run" || fail "$run: unequal times are wrong"
done
# What was compared isn't empty.
for run in zn2 zn3 zn5; do
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    END { exit !($column["area"] > 0 && $column["string_length"] > 0 && $column["rho_gw"] > 0) }' \
    "$run/timeseries.csv" || fail "$run: no walls, strings or waves at the end"
done
for run in waves1 waves2 waves4 modes1 modes2 modes4 grids14 grids21; do
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
    END { exit !($column["rho_gw"] > 0 && $column["efficiency_total"] > 0) }' "$run/timeseries.csv" ||
    fail "$run: no waves at the end"
  [[ -z $DWELL_PYTHON ]] || "$DWELL_PYTHON" - "$run" <<'TEXT' || fail "$run: a group is missing or empty"
import sys, h5py
with h5py.File(sys.argv[1] + "/spectra.h5") as file:
    for name in ("etc/value", "stress/scalar", "stress/vector", "gw/drho_dlnk", "gw/omega_averaged"):
        assert (file[name][-1] > 0).all(), name
TEXT
done

# The comparison itself sees a difference: another seed.
[[ $(fingerprint single2) != $(fingerprint single4) ]] || fail "order 2 and 4 give the same fields"
[[ $(fingerprint single2) != $(fingerprint yoshida4) ]] || fail "leapfrog and yoshida4 give the same fields"
finish
