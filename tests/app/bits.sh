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
compare flat --set cosmology.background=flat -- "4 1"
compare file --set fields.initial.kind=snapshot \
  --set fields.initial.file=single2/snapshots/snapshot_000012.h5 -- "3 1"

# The comparison itself sees a difference: another seed.
[[ $(fingerprint single2) != $(fingerprint single4) ]] || fail "order 2 and 4 give the same fields"
finish
