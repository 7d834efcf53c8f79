# Functions for the tests of scans; sourced after lib.sh.
# shellcheck shell=bash

# write_scan FILE [LINE...]: a small scan of base.cfg, two points of two seeds, with cheap twins of three.
write_scan() {
  local file=$1
  shift
  write_config base.cfg "analysis = { interval = 0.4; spectra_interval = 1.0; };"
  sed -i '/^analysis = { interval = 0.2/d; s/end = 3.0/end = 2.0/; s/snapshots = .*;/snapshots = []; slices = 0.0; checkpoint_minutes = 30.0; };/' base.cfg
  cat >"$file" <<'TEXT'
base = "base.cfg";
output = "scan";
design = "sobol";
points = 2;
seeds = 2;
blind_every = 2;
cheap = { seeds = 3; };
parameters = ( { key = "cosmology.w"; min = 0.0; max = 1.0; },
               { key = "fields.initial.cutoff"; min = 2.0; max = 6.0; scale = "log"; } );
TEXT
  printf '%s\n' "$@" >>"$file"
}

# same_scans A B: data sets and ensembles, timings aside.
same_scans() {
  if [[ -z $DWELL_PYTHON ]]; then
    skip_part "data sets of $1 and $2 aren't compared: no Python with numpy and h5py"
    return
  fi
  "$DWELL_PYTHON" "$tests_dir/app/same_dataset.py" "$1/dataset.h5" "$2/dataset.h5" || fail "data sets of $1 and $2"
  "$DWELL_PYTHON" "$tests_dir/app/same_dataset.py" "$1/ensemble.h5" "$2/ensemble.h5" || fail "ensembles of $1 and $2"
}

# nothing_twice DIRECTORY: no run was begun again after it was done, or is there twice.
nothing_twice() {
  awk -v journal="$1/journal.txt" '
    $1 == "done" { if (over[$2, $3, $4]++) { print journal ": done twice: " $0; bad = 1 } }
    $1 == "begun" && over[$2, $3, $4] { print journal ": begun again: " $0; bad = 1 }
    END { exit bad }' "$1/journal.txt" >&2 || fail "$1: a run was made twice"
}

# no_runs_left DIRECTORY: directories of finished runs are gone.
no_runs_left() { [[ -z $(ls "$1/runs") ]] || fail "left in $1/runs: $(ls "$1/runs")"; }
