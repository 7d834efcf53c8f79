#!/usr/bin/env bash
# Catches a command that prints the wrong thing, an estimate that is off, and files of a run that others can't open.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
write_config base.cfg

# --- the reference ---

expect 0 dwell params
says out '^lattice.points = 256$'
says out '^time.end = 9.5$'
[[ $(grep -c '^[a-z_.]* = ' out) -ge 40 ]] || fail "dwell params prints few keys"
expect 0 dwell params --markdown
# shellcheck disable=SC2016
says out '^\| `lattice.points` \| integer \| `256` \| 4 to 65536 \|'
[[ $(grep -c '^|' out) == "$(wc -l <out)" ]] || fail "not every line of params --markdown belongs to the table"
[[ $(awk -F'|' '{ print NF }' out | sort -u | wc -l) == 1 ]] || fail "rows of the table differ in their cells"
expect 0 dwell --version
says out '^dwell [0-9]+\.[0-9]+'
for line in git compiler flags mpi fftw hdf5; do says out "^$line +[^ ]"; done
expect 0 dwell surrogate train --help
says out '^    --times TAU'
never out '^  dwell run CONFIG'
expect 0 dwell run base.cfg --help
says out '^    --restart '
expect 0 dwell help scan
says out '^    --collect '
expect 2 dwell nothing --help
for option in --help -h help; do
  expect 0 dwell $option
  says out '^  dwell run CONFIG'
  says out '^  dwell check CONFIG'
done

# --- how threads wait: briefly, unless the environment says otherwise ---

# spins_with SETTING...: what the last runtime that was started says of itself.
spins_with() {
  env -u OMP_WAIT_POLICY -u OMP_NUM_THREADS OMP_DISPLAY_ENV=verbose "$@" "$DWELL" --version 2>&1 |
    sed -n "s/^.*GOMP_SPINCOUNT = '\(.*\)'.*/\1/p" | tail -n 1
}
if [[ -n $(spins_with A=1) ]]; then
  [[ $(spins_with A=1) == 5000 ]] || fail "threads spin $(spins_with A=1) times"
  [[ $(spins_with GOMP_SPINCOUNT=77) == 77 ]] || fail "GOMP_SPINCOUNT is overruled"
  [[ $(spins_with OMP_WAIT_POLICY=passive) == 0 ]] || fail "OMP_WAIT_POLICY is overruled"
else
  skip_part "this OpenMP runtime doesn't tell how its threads wait"
fi

# --- check: a parameter file and an estimate, and nothing written ---

expect 0 dwell check base.cfg
cp out checked.cfg
for line in lattice time 'memory per process' disk 'estimated time'; do says out "^//   $line  "; done
says out '^//   walls thinner than 2 dx +from tau = 1.667 on \(step 8\)$'
says out '^//   horizon beyond half the box +never in this run$'
expect 0 dwell check base.cfg --set time.end=9 --set time.step=0.08 --set fields.s=0
says out '^//   walls thinner than 2 dx +never in this run$'
says out '^//   horizon beyond half the box +from tau = 8\.0[0-9]* on \(step [0-9]+\)$'
expect 0 dwell check base.cfg --set fields.potential=free --set fields.initial.kind=mode
never out 'thinner'
expect 0 dwell check base.cfg --set "lattice.processes=[2,2]"
says out 'memory per process .*4 processes'
expect 0 dwell_on 2 check base.cfg
says out 'memory per process .*2 processes'
[[ ! -e run ]] || fail "check wrote a run directory"
expect 0 dwell check checked.cfg
same_files <(grep -v 'estimated time' checked.cfg) <(grep -v 'estimated time' out)
for example in first radiation matter kination axion many-domains annihilation transition; do
  expect 0 dwell check "$DWELL_SOURCE_DIR/examples/$example.cfg"
  says out '^//   walls thinner than 2 dx +never in this run$'
  says out '^//   horizon beyond half the box +never in this run$'
  says out '^//   steps too long, resonance +never in this run$'
done
expect 0 dwell check "$DWELL_SOURCE_DIR/examples/radiation.cfg" --set lattice.points=64
says out '^//   steps too long, resonance +from tau = 8\.'
says out '^//   warning: steps of .* come into resonance'

# Walls that melt faster than they thin are resolved in the end.
expect 0 dwell check base.cfg --set fields.potential=melting --set fields.melting=3 --set lattice.length=30
says out '^//   walls thinner than 2 dx +from the start until tau = 1\.[1-3]'

# --- what check and run warn about beforehand is the same ---

odd=(--set fields.initial.cutoff=100 --set "store.snapshots=[99]" --set fields.s=0 --set fields.bias=0.7)
expect 0 dwell check base.cfg "${odd[@]}"
grep -o 'warning: .*' out >check_warns
expect 0 dwell run base.cfg --set output=odd "${odd[@]}"
grep -o 'warning: \(fields\|1 of\|before\|steps\).*' out >run_warns
same_files check_warns run_warns
for what in 'Nyquist momentum' 'lie after time.end' 'false vacuum is no longer a minimum'; do
  says check_warns "$what"
done
expect 0 dwell check base.cfg --set fields.bias=0.3 --set fields.bias_start=1.5 --set fields.bias_full=2.8 \
  --set fields.bias_power=-4
says out 'warning: before the end of the run .* false vacuum is no longer a minimum'
expect 0 dwell check base.cfg --set fields.s=0 --set fields.physical_from=4
says out 'warning: fields.physical_from = 4 lies after the end of the run, tau = 3'
expect 0 dwell check base.cfg --set fields.initial.kind=walls --set "fields.initial.normal=[1, 1, 1]" \
  --set fields.initial.velocity=0.999
says out 'warning: kink and antikink .* overlap'
says out 'warning: the moving walls are contracted to'
expect 2 dwell check base.cfg --set fields.initial.kind=walls --set "fields.initial.normal=[100, 0, 0]"

# warned PATTERN [KEY=VALUE...]: check warns so; without the last setting it doesn't.
warned() {
  local pattern=$1 sets=()
  shift
  for one; do sets+=(--set "$one"); done
  expect 0 dwell check base.cfg "${sets[@]}"
  says out "warning: $pattern"
  expect 0 dwell check base.cfg "${sets[@]:0:${#sets[@]}-2}"
  never out "warning: $pattern"
}
warned 'fields.initial.temperature has no effect with fields.initial.kind = "white-noise"; it belongs to thermal' \
  fields.initial.temperature=3
warned 'cosmology.w has no effect with cosmology.background = "chain"; it belongs to power-law.self-consistent' \
  cosmology.background=chain "cosmology.chain_w=[0.3333333333]" cosmology.w=0
warned 'the sphere.s radius 0.1 is smaller than the width' fields.initial.kind=sphere fields.initial.radius=0.1
warned 'the sphere is 0.4 away from its own image' fields.initial.kind=sphere fields.initial.radius=6.8
warned 'at the end of the run walls are .* wide .comoving., more than the box' fields.potential=z-n fields.s=0 \
  fields.axion_mass=0.001
warned 'fields.physical_from = 0.5 isn.t after the start, tau = 1' fields.s=0 fields.physical_from=0.5
warned 'with fields.bias_power = 0 the bias doesn.t grow' fields.bias=0.1 fields.bias_start=1.5 fields.bias_full=2
warned 'fields.bias_full = 0.5 isn.t after the start' fields.bias=0.1 fields.bias_full=0.5 fields.bias_power=4
warned 'at the end of the run the bias has grown to .* only' fields.bias=0.1 fields.bias_full=100 fields.bias_power=4
warned 'in flat space a stays 1 and the walls don.t melt' fields.potential=melting cosmology.background=flat
warned 'gw.start = 3 is the end of the run' gw.start=3

# memory ARGUMENT...: what check foretells is within 5 % of what the run then reports, or a page of a file (1/4 MiB).
memory() {
  local processes=$1 foretold found
  shift
  expect 0 dwell_on "$processes" check base.cfg "$@"
  foretold=$(sed -n 's/^.*memory per process .*(\([0-9.]* [MG]iB\) of fields.*/\1/p' out)
  expect 0 dwell_on "$processes" run base.cfg --set output=memory --set overwrite=true "$@"
  found=$(sed -n 's/^done.* at most \([0-9.]* [MG]iB\).*/\1/p' out)
  awk -v a="${foretold% *}" -v b="${found% *}" \
    'BEGIN { off = a > b ? a - b : b - a; exit !(a > 0 && (off < 0.05 * b || off < 0.26)) }' ||
    fail "check foretells $foretold, the run took $found: $*"
  [[ ${foretold#* } == "${found#* }" ]] || fail "units differ: $foretold, $found"
}
memory 1
memory 1 --set lattice.points=96 --set precision=double --set lattice.stencil=4 --set time.end=1.2
memory 4 --set lattice.points=90 --set time.end=1.2 --set store.slices=0
memory 2 --set lattice.points=48 --set time.end=1.2 --set "lattice.processes=[1,2]" --set "store.snapshots=[1]"
for method in lattice modes; do
  for coarsening in 1 2 4; do
    memory 1 --set lattice.points=48 --set time.end=1.2 --set gw.method=$method --set gw.coarsening=$coarsening
    memory 2 --set lattice.points=48 --set time.end=1.2 --set gw.method=$method --set gw.coarsening=$coarsening \
      --set precision=double --set store.slices=0
  done
done
memory 2 --set lattice.points=64 --set time.end=1.2 --set analysis.stress_coarsening=4 --set gw.coarsening=1 \
  --set analysis.stress_parts=true
memory 2 --set lattice.points=64 --set time.end=1.2 --set gw.enabled=false --set analysis.stress_parts=true
# What unequal times take.
memory 2 --set lattice.points=64 --set time.end=1.4 --set "analysis.utc_reference=[1.1,1.2,1.3]" \
  --set analysis.utc_earlier=true --set gw.coarsening=1 --set analysis.utc_limit=8
memory 1 --set lattice.points=64 --set time.end=1.6 --set analysis.tracks=100 --set gw.coarsening=1 --set store.slices=0
# A start from a snapshot of another lattice takes a field of it and its transform.
expect 0 dwell run base.cfg --quiet --set output=large --set lattice.points=96 --set time.end=1.2 --set gw.enabled=false \
  --set "store.snapshots=[1]" --set store.slices=0
for processes in 1 3; do
  memory $processes --set fields.initial.kind=snapshot --set gw.enabled=false --set time.end=1.2 --set store.slices=0 \
    --set fields.initial.file=large/snapshots/snapshot_000000.h5
done
# Spectra are kept in memory until the end.
memory 1 --set lattice.points=36 --set gw.coarsening=1 --set time.step=0.02 --set analysis.spectra_interval=0.001 \
  --set analysis.stress_parts=true --set store.slices=0

# The disk: the estimate holds and isn't far off.
expect 0 dwell check base.cfg --set store.checkpoint_minutes=0.00001
foretold=$(sed -n 's/^.*   disk *\([0-9.]*\) MiB.*/\1/p' out)
expect 0 dwell run base.cfg --quiet --set output=disk --set store.checkpoint_minutes=0.00001
found=$(find disk -name '*.h5' -printf '%s\n' | awk '{ sum += $1 } END { print sum / 1048576 }')
awk -v a="$foretold" -v b="$found" 'BEGIN { exit !(a > 0.95 * b && a < 2 * b) }' ||
  fail "check foretells $foretold MiB on disk, HDF5 files took $found MiB"

# --- what a run prints ---

expect 0 dwell run base.cfg --set output=first
cp out first.out
[[ ! -s err ]] || fail "a good run writes to stderr: $(cat err)"
says out '^step 24/24  tau 3.000  A_t [0-9.]+  [0-9.e+]+ sites/s  left 0 s$'
says out '^fingerprint  phi [0-9a-f]{16}  pi [0-9a-f]{16}$'
says out "^  timeseries.csv +$(rows first) rows$"
says out '^  spectra.h5 +[0-9]+ spectra each of field, etc, gw$'
says out '^  walls.h5 +lists of domains and walls at [0-9]+ times$'
says out "^  snapshots/snapshots.xdmf +$(find first/snapshots -name '*.h5' | wc -l) snapshots$"
says out "^  slices/ +$(find first/slices -name '*.png' | wc -l) pictures$"
says out '^warning: .*walls are thinner than two lattice spacings'
for line in version git compiler flags mpi fftw hdf5 host processes threads seed start_time; do
  says first/run.log "^$line +[^ ]"
done
says first/run.log "^command +.*run base.cfg --set output=first$"
same_files out first/run.log
expect 0 dwell run base.cfg --quiet --set output=quiet
[[ ! -s out && ! -s err ]] || fail "--quiet prints: $(cat out err)"
same_files <(grep -v '^command\|^start_time\|^step\|^done\|^spent\|^took\|^written\|^checkpoint' first/run.log) \
  <(grep -v '^command\|^start_time\|^step\|^done\|^spent\|^took\|^written\|^checkpoint' quiet/run.log)
no_unfinished_files first
printf '%s\n' checkpoints config.cfg run.log slices snapshots spectra.h5 timeseries.csv walls.h5 >expected
ls first >listing
same_files expected listing

# Validity: each warning once, at the time at which the column flips.
expect 0 dwell run base.cfg --set output=invalid --set time.end=9 --set time.step=0.08 --set store.slices=0 \
  --set fields.s=0.3
says out '^warning: from tau = .* thinner than two lattice spacings'
says out '^warning: from tau = 8.0[0-9]* on the horizon is larger than half the box'
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
  { good = $column["wall_resolution"] >= 2 && $column["horizon_fraction"] <= 1
    if ($column["valid"] != good) exit 1
    flips += NR > 2 && good != before; before = good } END { exit flips != 1 }' invalid/timeseries.csv ||
  fail "the column valid is wrong"
said=$(sed -n 's/^warning: from tau = \([0-9.]*\) on the walls.*/\1/p' out)
awk -F, -v said="$said" 'NR > 1 && $18 < 2 { exit !($2 - said > -0.01 && $2 - said < 0.25) }' invalid/timeseries.csv ||
  fail "the warning at tau = $said isn't where wall_resolution falls below 2"

# A field without walls: nothing to resolve, columns of walls are empty.
expect 0 dwell run base.cfg --set output=free --set fields.potential=free --set fields.initial.kind=mode \
  --set fields.mass=0.5
never out 'warning: .*walls'
awk -F, 'NR > 1 && !($11 == "" && $14 == "" && $18 == "" && $20 == 1) { exit 1 }' free/timeseries.csv ||
  fail "walls are measured where there are none"

# Without waves the stress is measured all the same; its columns stay empty, and the field is the same.
expect 0 dwell run base.cfg --set output=still --set gw.enabled=false --set analysis.stress_parts=true
says out '^  spectra.h5 +[0-9]+ spectra each of field, etc, stress$'
[[ $(fingerprint still) == "$(fingerprint first)" ]] || fail "waves change the field"
awk -F, 'NR > 1 && !($17 == "" && $21 == "" && $22 == "") { exit 1 }' still/timeseries.csv ||
  fail "there are numbers about waves without waves"
# rho_gw stands in the rows that have a spectrum, 0 until the waves start, and in no others.
expect 0 dwell run base.cfg --quiet --set output=started --set gw.start=2 --set analysis.interval=0.2 \
  --set analysis.spectra_interval=0.5
awk -F, 'NR > 1 && $17 != "" { rows++; if (($2 > 2.01) != ($17 > 0)) exit 1 } END { exit rows != 5 }' \
  started/timeseries.csv || fail "rho_gw: $(cut -d , -f 2,17 started/timeseries.csv | tr '\n' ' ')"

# config.cfg runs again as it is, and what check printed runs as well.
expect 0 dwell run first/config.cfg --quiet --set output=again
same_runs first again
expect 0 dwell run checked.cfg --quiet --set output=checked
same_runs first checked
expect 0 dwell check again/config.cfg
same_files <(grep -v '^ *output =' first/config.cfg) <(grep -v '^ *output =' again/config.cfg)
# Other seeds are other runs.
expect 0 dwell run base.cfg --quiet --set output=seed --set seed=8
[[ $(fingerprint seed) != "$(fingerprint first)" ]] || fail "another seed gives the same fields"

# --- the time grid ---

# grid NAME ARGUMENT...: steps of the rows on one line.
grid() {
  local name=$1
  shift
  expect 0 dwell run base.cfg --quiet --set "output=$name" "$@"
  cut -d , -f 1 "$name/timeseries.csv" | tail -n +2 | tr '\n' ' '
}
never_any=(--set analysis.interval=0 --set analysis.spectra_interval=0 --set "store.snapshots=[]" --set store.slices=0)
[[ $(grid edges "${never_any[@]}") == "0 24 " ]] || fail "first and last state are not the only rows"
[[ -z $(find edges/slices edges/snapshots -type f) ]] || fail "an interval of 0 isn't never"
[[ $(grid early "${never_any[@]}" --set "store.snapshots=[0.2, 2.05]" \
  --set "analysis.utc_reference=[0.1, 2.6, 7.0]") == "0 12 20 24 " ]] ||
  fail "rows of early: $(cut -d , -f 1 early/timeseries.csv | tr '\n' ' ')"
says early/run.log '1 of store.snapshots and analysis.utc_reference lie after time.end = 3'
[[ $(cd early/snapshots && echo *.h5) == "snapshot_000000.h5 snapshot_000012.h5" ]] ||
  fail "a snapshot before the start isn't the start"
[[ $(grid sliced "${never_any[@]}" --set store.slices=0.7) == "0 24 " && $(cd sliced/slices && echo *) == \
  "phi_000000.png phi_000008.png phi_000016.png" ]] || fail "slices: $(ls sliced/slices)"
[[ $(tail -n 1 first/timeseries.csv | cut -d , -f 2) == 3 ]] || fail "the run doesn't end at time.end"
# 2/(0.2 x 14/32 x 4) = 5.7: six times four steps.
[[ $(grid coarse "${never_any[@]}" --set gw.coarsening=4) == "0 24 " &&
  $(grid fine "${never_any[@]}" --set gw.coarsening=1) == "0 23 " ]] || fail "the number of steps is wrong"

# --- files for other programs ---

if [[ -z $DWELL_PYTHON ]]; then
  skip_part "files for other programs: no Python with h5py"
  finish
fi
expect 0 dwell_on 3 run base.cfg --quiet --set output=mpi
# On a terminal the progress is a bar that is rewritten in place, and run.log has none of it.
"$DWELL_PYTHON" -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' \
  "$DWELL" run base.cfg --set output=terminal >out 2>err </dev/null || fail "a run on a terminal fails"
grep -q $'\r\[#*\.*\] step [0-9]*/24  tau .* left' out || fail "no progress bar on a terminal: $(cat out)"
never terminal/run.log "^\[|^step |left"
says terminal/run.log '^fingerprint'
for run in first mpi; do
  "$DWELL_PYTHON" "$tests_dir/app/files.py" "$run" || fail "files of $run"
done
finish
