#!/usr/bin/env bash
# Catches a stop or a restart that loses, repeats or changes anything.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

# Many outputs, so that the run is slow and can be met half-way.
write_config base.cfg
long=(--set analysis.interval=0.04 --set analysis.spectra_interval=0.08 --set store.slices=0.2 --set time.step=0.1
  --set gw.coarsening=1 --set "store.snapshots=[1.3, 2.0, 3.0]")
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=whole
[[ $(rows whole) -gt 40 ]] || fail "the long run has only $(rows whole) rows"

# stop_run DIRECTORY HOW [ARGUMENT...]: a fresh run that is stopped half-way; HOW is usr1, term, mpi or kill.
stop_run() {
  local directory=$1 how=$2 signal
  shift 2
  for _ in 1 2 3 4 5; do
    rm -rf "$directory"
    case $how in
      usr1) start "$DWELL" run base.cfg "${long[@]}" --set "output=$directory" "$@" ;;
      term) start "$DWELL" run base.cfg "${long[@]}" --set "output=$directory" "$@" ;;
      mpi) start_on 2 run base.cfg "${long[@]}" --set "output=$directory" "$@" ;;
      kill) start "$DWELL" run base.cfg "${long[@]}" --set "output=$directory" "$@" \
        --set store.checkpoint_minutes=0.0001 ;;
    esac
    if [[ $how == kill ]]; then
      wait_for_rows "$directory" 12 && kill -9 "$child"
      wait "$child" 2>/dev/null
      [[ -z $(fingerprint "$directory") ]] && return
    else
      signal=USR1
      [[ $how == term ]] && signal=TERM
      stopped_by "$signal" "$child" "$directory" 6 && return
    fi
  done
  fail "$how: the run was never met half-way"
  cat err >&2
}

# --- stops ---

for how in usr1 term mpi; do
  stop_run "$how" "$how"
  says err '^dwell: stopped by a signal at step [0-9]+ of [0-9]+, checkpoint written; go on with --restart$'
  says "$how/run.log" 'stopped by a signal'
  [[ -e $how/checkpoints/checkpoint_0.h5 ]] || fail "$how: no checkpoint"
  no_unfinished_files "$how"
done
expect 75 dwell run base.cfg "${long[@]}" --set output=limit --set store.walltime_minutes=0.001
says err '^dwell: stopped by store.walltime_minutes at step'

# --- going on, also on other numbers of processes and threads ---

expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=usr1 --restart
same_runs whole usr1
OMP_NUM_THREADS=2 expect 0 dwell_on 3 run base.cfg --quiet "${long[@]}" --set output=term --restart
same_runs whole term
expect 0 dwell_on 4 run base.cfg --quiet "${long[@]}" --set output=mpi --set "lattice.processes=[2,2]" --restart
same_runs whole mpi
# Several stops in one run: the wall-clock limit, again and again, on 1 and 2 processes.
for processes in 2 1 2; do
  dwell_on "$processes" run base.cfg "${long[@]}" --set output=limit --set store.walltime_minutes=0.002 --restart
done
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=limit --restart
same_runs whole limit
diff -r whole/slices limit/slices >&2 || fail "slices differ after several stops"

# So many spectra that their files are written only now and then.
many=(--set lattice.points=8 --set lattice.length=4 --set time.end=2.5 --set time.step=0.008 --set analysis.interval=0.004
  --set analysis.spectra_interval=0.004 --set store.slices=0 --set gw.coarsening=1)
expect 0 dwell run base.cfg --quiet "${many[@]}" --set output=whole-many
for _ in 1 2 3 4 5; do
  rm -rf many
  start "$DWELL" run base.cfg "${many[@]}" --set output=many
  stopped_by USR1 "$child" many 280 && break
done
says many/run.log 'stopped by a signal'
expect 0 dwell_on 2 run base.cfg --quiet "${many[@]}" --set output=many --restart
same_runs whole-many many
(($(rows many) > 300)) || fail "no more spectra than are written each at once"

# Three kicks and drifts a step, with a pending kick of another size.
fourth=(--set time.integrator=yoshida4 --set precision=double)
expect 0 dwell run base.cfg --quiet "${long[@]}" "${fourth[@]}" --set output=whole-yoshida4
stop_run yoshida4 usr1 "${fourth[@]}"
expect 0 dwell_on 2 run base.cfg --quiet "${long[@]}" "${fourth[@]}" --set output=yoshida4 --restart
same_runs whole-yoshida4 yoshida4

# --- waves: both methods, stopped before and after they start, going on with other processes ---

# A start at tau = 1.1 is before step 6, one at 2.9 after most of the run.
# stopped_waves NAME WHEN GW_START PROCESSES ARGUMENT...: stopped on 2 processes, going on with PROCESSES.
stopped_waves() {
  local name=$1 when=$2 gw_start=$3 processes=$4 tau='' met=''
  shift 4
  expect 0 dwell run base.cfg --quiet "${long[@]}" "$@" --set "gw.start=$gw_start" --set "output=whole-$name" || return
  for _ in 1 2 3; do
    stop_run "$name" mpi "$@" --set "gw.start=$gw_start"
    tau=$(sed -n 's/^checkpoint .*tau = \([0-9.]*\),.*/\1/p' "$name/run.log")
    met=$(awk -v tau="$tau" -v start="$gw_start" 'BEGIN { print tau < start ? "before" : "after" }')
    [[ $met == "$when" ]] && break
  done
  [[ -n $tau && $met == "$when" ]] || fail "$name: stopped at tau = $tau, which isn't $when $gw_start"
  expect 0 dwell_on "$processes" run base.cfg --quiet "${long[@]}" "$@" --set "gw.start=$gw_start" \
    --set "output=$name" --restart
  same_runs "whole-$name" "$name"
  awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i } END { exit !($column["rho_gw"] > 0) }' \
    "$name/timeseries.csv" || fail "$name: no waves at the end"
}
finer=(--set time.step=0.05 --set gw.coarsening=2)
stopped_waves late-lattice before 2.9 3 --set gw.method=lattice
unequal=(--set "analysis.utc_reference=[1.02, 1.5, 2.6]" --set analysis.tracks=9 --set analysis.utc_limit=2.5)
stopped_waves lattice after 1.1 1 --set gw.method=lattice "${finer[@]}" --set analysis.stress_coarsening=1 "${unequal[@]}"
stopped_waves late-modes before 2.9 3 --set gw.method=modes "${finer[@]}" "${unequal[@]}" \
  --set analysis.utc_earlier=true
stopped_waves modes after 1.1 4 --set gw.method=modes --set lattice.stencil=4 \
  --set "analysis.utc_reference=[1.1]" --set analysis.tracks=5
expect 2 dwell run base.cfg --quiet "${long[@]}" --set gw.method=modes --set lattice.stencil=4 --set gw.start=2.9 \
  --set "analysis.utc_reference=[1.1]" --set time.end=4 --set analysis.stress_parts=true --set output=modes --restart
says err '^gw.start: was 1.1'
says err '^analysis.stress_parts: was false'
says err '^analysis.tracks: was 5'

# --- two fields, with their sectors ---

complex=(--set fields.potential=z-n --set fields.walls=3 --set fields.axion_mass=1)
expect 0 dwell run base.cfg --quiet "${long[@]}" "${complex[@]}" --set output=whole-complex
stop_run complex mpi "${complex[@]}"
expect 0 dwell_on 3 run base.cfg --quiet "${long[@]}" "${complex[@]}" --set output=complex --restart
same_runs whole-complex complex
[[ -e complex/sectors.h5 ]] || fail "no sectors.h5"

# --- kill -9: every file is valid at any time, and a restart cuts what came after the checkpoint ---

stop_run killed kill
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" - killed <<'TEXT' || fail "a file can't be opened after kill -9"
import glob, sys, h5py
for name in glob.glob(sys.argv[1] + "/**/*.h5", recursive=True):
    with h5py.File(name) as file:
        assert len(file) > 0, name
TEXT
fi
touch killed/checkpoints/checkpoint_1.h5.tmp killed/spectra.h5.tmp killed/walls.h5.tmp killed/snapshots/snapshot_000001.h5.tmp
printf '999999,3.' >>killed/timeseries.csv # a torn row, as the unfinished files above
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=killed --restart
same_runs whole killed
no_unfinished_files killed

# --- a finished run, with and without checkpoint ---

before=$(contents whole)
expect 0 dwell run base.cfg "${long[@]}" --set output=whole --restart
says out 'the run in whole is finished \(step [0-9]+, tau = 3\)'
expect 0 dwell_on 2 run base.cfg --quiet "${long[@]}" --set output=whole --set store.slices=0 --restart
[[ $(contents whole) == "$before" ]] || fail "--restart of a finished run changed its files"
expect 0 dwell run base.cfg --quiet --set output=bare --set store.checkpoint_minutes=0
[[ -z $(ls bare/checkpoints) ]] || fail "checkpoint_minutes = 0 wrote a checkpoint"
expect 0 dwell run base.cfg --set output=bare --set store.checkpoint_minutes=0 --restart
says out 'the run in bare is finished'
expect 0 dwell_on 2 run base.cfg --set output=bare --set store.checkpoint_minutes=0 --restart
expect 3 dwell run base.cfg --set output=bare --set time.end=4 --restart
one_message 'no valid checkpoint in bare/checkpoints; start the run anew'
expect 3 dwell run base.cfg --set output=bare --set seed=8 --restart
sed -i '$d' bare/timeseries.csv # one row short of the end
expect 3 dwell run base.cfg --set output=bare --restart
# The same with a checkpoint from a stop before the end.
stop_run late usr1
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=late --set store.checkpoint_minutes=0 --restart
same_runs whole late
before=$(contents late)
expect 0 dwell run base.cfg "${long[@]}" --set output=late --set store.checkpoint_minutes=0 --restart
says out 'the run in late is finished'
[[ $(contents late) == "$before" ]] || fail "--restart of a finished run changed its files"

# --- nothing to go on from ---

expect 3 dwell run base.cfg --set output=nowhere --restart
one_message 'no valid checkpoint in nowhere/checkpoints'
[[ ! -e nowhere ]] || fail "--restart made a directory"
expect 3 dwell_on 2 run base.cfg --set output=nowhere --restart
one_message_mpi 'no valid checkpoint in nowhere/checkpoints'

# --- a later end: same steps, old rows kept, and the same bits on the way back ---

expect 0 dwell run base.cfg --quiet --set output=longer
cp longer/timeseries.csv first.csv
cp -r longer direct
expect 0 dwell run base.cfg --quiet --set output=longer --set time.end=3.5 --restart
head -n "$(wc -l <first.csv)" longer/timeseries.csv | cmp -s - first.csv || fail "rows of the first run were not kept"
awk -F, 'NR > 2 { width = ($2 - tau) / ($1 - step); if (NR > 3 && (width - old)^2 > 1e-20) exit 1; old = width }
  { step = $1; tau = $2 } END { if (tau < 3.5 - 1e-9 || tau - 3.5 > 2 * old) exit 1 }' longer/timeseries.csv ||
  fail "the step changed, or the end isn't the first step at or after 3.5"
expect 0 dwell run base.cfg --quiet --set output=longer --set time.end=4 --restart
expect 0 dwell_on 3 run base.cfg --quiet --set output=direct --set time.end=4 --restart
[[ $(fingerprint longer) == "$(fingerprint direct)" ]] || fail "3 -> 3.5 -> 4 and 3 -> 4 differ"
expect 2 dwell run base.cfg --set output=longer --set time.end=3 --restart
says err '^time.end: was 4(.0)?, is now 3(.0)?'

# --- parameters ---

before=$(contents whole)
expect 2 dwell run base.cfg "${long[@]}" --set output=whole --set time.end=4 --set seed=8 --set fields.s=0 --restart
says err '^seed: was 7, is now 8'
says err '^fields.s: was 1(.0)?, is now 0(.0)?'
says err '^dwell: --restart: parameters that a restart must keep differ'
[[ $(wc -l <err) == 3 ]] || fail "other than three lines about two keys"
expect 2 dwell_on 2 run base.cfg "${long[@]}" --set output=whole --set time.end=4 --set lattice.points=36 --restart
says err '^lattice.points: was 32, is now 36'
[[ $(contents whole) == "$before" ]] || fail "a refused restart changed files"
stop_run changed usr1
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=changed --set name=other --set store.slices=0 \
  --set analysis.spectra_interval=0.5 --set "store.snapshots=[]" --restart
[[ $(fingerprint changed) == "$(fingerprint whole)" ]] || fail "other outputs changed the fields"
says changed/config.cfg 'name = "other"'

# --- two checkpoints take turns; damage to one or both ---

# half_way: the directory `half` is as after a stop with two checkpoints, the newest in $newest and the other in $older.
stop_run half0 kill
step_of() { "$DWELL_PYTHON" -c 'import h5py, sys; print(int(h5py.File(sys.argv[1]).attrs["step"]))' "$1"; }
if [[ -z $DWELL_PYTHON ]]; then
  skip_part "damaged checkpoints: no Python with h5py to tell which is the newest"
  finish
fi
# Sets newest and older, and newest_step and older_step.
find_newest() {
  [[ -e half0/checkpoints/checkpoint_0.h5 && -e half0/checkpoints/checkpoint_1.h5 ]] || fail "not two checkpoints"
  newest=checkpoint_0.h5 older=checkpoint_1.h5
  newest_step=$(step_of half0/checkpoints/checkpoint_0.h5)
  older_step=$(step_of half0/checkpoints/checkpoint_1.h5)
  if ((newest_step < older_step)); then
    newest=checkpoint_1.h5 older=checkpoint_0.h5
    read -r newest_step older_step <<<"$older_step $newest_step"
  fi
}
find_newest
half_way() {
  rm -rf half
  cp -r half0 half
}
# shellcheck disable=SC2317
go_on() { dwell run base.cfg "${long[@]}" --set output=half --restart; }

half_way
expect 0 go_on
says out "^restart +from step $newest_step,"
never out warning:.*checkpoint
same_runs whole half

# Waves that are damaged, or missing: one dataset after the other, in the newest checkpoint alone.
# damaged WHOLE ARGUMENT...: `damage`, a line of Python about `file`, makes the restart go back.
damaged() {
  local whole=$1
  shift
  half_way
  "$DWELL_PYTHON" -c "import h5py, sys
with h5py.File(sys.argv[1], 'r+') as file: $damage" "half/checkpoints/$newest"
  expect 0 dwell run base.cfg "${long[@]}" "$@" --set output=half --restart
  says out "^warning: half/checkpoints/$newest: .*; going back to the checkpoint before, step $older_step"
  says out "^restart +from step $older_step,"
  same_runs "$whole" half
}
damage='file["gw/h_xx-zz"][1, 2, 3] = 1e-3'
damaged whole
damage='file["gw/p_yz"][31, 31, 31] *= -1'
damaged whole
damage='del file["gw/h_xy"]'
damaged whole
damage='del file["gw"]'
damaged whole

# Numbers without a fingerprint: a step, a time and a length of steps that don't belong together, and no numbers at all.
for damage in 'file.attrs["step"] = 10**9' 'file.attrs["dtau"] *= 0.5'; do
  damaged whole
done
for damage in 'file.attrs["step"] = -4' 'file.attrs["dtau"] = 0.0' 'file.attrs["pending"] = float("nan")'; do
  half_way
  "$DWELL_PYTHON" -c "import h5py, sys
with h5py.File(sys.argv[1], 'r+') as file: $damage" "half/checkpoints/$newest"
  expect 0 go_on
  says out "^warning: a checkpoint is left out: half/checkpoints/$newest: step .* is none of a run; it is damaged"
  says out "^restart +from step $older_step,"
  [[ $(fingerprint whole) == "$(fingerprint half)" ]] || fail "$damage: another state at the end"
done

# Rows and spectra of before the checkpoint that are gone, as in copies of older files.
half_way
awk -F, -v step="$newest_step" 'NR == 1 || $1 + 10 < step' half0/timeseries.csv >half/timeseries.csv
expect 3 go_on
one_message 'half/timeseries.csv: rows are missing: up to the checkpoint, step [0-9]+, the last one is of step -?[0-9]+ instead of [0-9]+; bring'
half_way
"$DWELL_PYTHON" -c "import h5py
with h5py.File('half/spectra.h5', 'r+') as file:
    last = (file['field/step'][()] <= $newest_step).sum() - 1
    for group in file:
        for name, item in list(file[group].items()):
            if name not in ('k', 'count', 'reference_tau'):
                rows = item[:, :last] if group == 'utc' and name not in ('step', 'tau', 'a') else item[:last]
                del file[group][name]
                file[group][name] = rows"
expect 3 go_on
one_message 'half/spectra.h5: spectra are missing: up to the checkpoint, the last ones are of step -?[0-9]+ instead of [0-9]+; bring'

half_way # cut short
truncate -s -1000 "half/checkpoints/$newest"
expect 0 go_on
says out "^warning: a checkpoint is left out: half/checkpoints/$newest: "
says out "^restart +from step $older_step,"
same_runs whole half

half_way # one bit in the fields
printf '\xff' | dd of="half/checkpoints/$newest" bs=1 seek=$(($(stat -c %s "half/checkpoints/$newest") / 2)) \
  conv=notrunc status=none
expect 0 dwell_on 2 run base.cfg "${long[@]}" --set output=half --restart
says out "^warning: half/checkpoints/$newest: /[a-z/_-]+ is damaged: its fingerprint is .*; going back to the checkpoint before, step $older_step"
same_runs whole half

half_way # a file of something else, and none
"$DWELL_PYTHON" -c 'import h5py,sys; h5py.File(sys.argv[1], "w")["x"] = 1' "half/checkpoints/$newest"
rm "half/checkpoints/$older"
before=$(contents half)
expect 3 go_on
one_message "half/checkpoints/$newest isn't a checkpoint of this program"

half_way # both
truncate -s 100 "half/checkpoints/$newest"
: >"half/checkpoints/$older"
before=$(contents half)
expect 3 go_on
one_message 'no valid checkpoint in half/checkpoints: .*checkpoint_0.h5.*; .*checkpoint_1.h5'
expect 3 dwell_on 2 run base.cfg "${long[@]}" --set output=half --restart
one_message_mpi 'no valid checkpoint in half/checkpoints'
[[ $(contents half) == "$before" ]] || fail "a restart without valid checkpoint changed files"

half_way # both in their fields
for file in "$newest" "$older"; do
  printf '\xff\xff' | dd of="half/checkpoints/$file" bs=1 seek=100000 conv=notrunc status=none
done
before=$(contents half)
expect 3 go_on
one_message 'damaged'
[[ $(contents half) == "$before" ]] || fail "a restart without valid checkpoint changed files"

half_way # the time series or the spectra are gone
rm half/timeseries.csv
before=$(contents half)
expect 3 go_on
one_message 'half/timeseries.csv'
[[ $(contents half) == "$before" ]] || fail "a restart without time series changed files"
half_way
echo no >half/spectra.h5
before=$(contents half)
expect 3 go_on
one_message 'half/spectra.h5'
[[ $(contents half) == "$before" ]] || fail "a restart without spectra changed files"
half_way
echo no >half/walls.h5
before=$(contents half)
expect 3 go_on
one_message 'half/walls.h5'
[[ $(contents half) == "$before" ]] || fail "a restart with damaged lists of walls changed files"
half_way # domains may not have been looked for
rm half/walls.h5
expect 0 go_on
says out '^warning: there is no half/walls.h5 of the run so far; it begins here$'
[[ -e half/walls.h5 ]] || fail "the lists of walls didn't begin"
same_files whole/timeseries.csv half/timeseries.csv

# A step at a time; an older copy of a list is noticed, and a warning doesn't come again after each stop.
expect 75 dwell run base.cfg --quiet "${long[@]}" --set output=steps --set store.walltime_minutes=1e-9
cp steps/walls.h5 older.h5
for _ in 1 2 3 4 5 6 7 8; do
  expect 75 dwell run base.cfg --quiet "${long[@]}" --set output=steps --set store.walltime_minutes=1e-9 --restart
done
cp older.h5 steps/walls.h5
expect 0 dwell run base.cfg "${long[@]}" --set output=steps --restart
says out '^warning: steps/walls.h5 has nothing between step [0-9]+ and the spectra of step [0-9]+; it goes on after the gap$'
same_files whole/timeseries.csv steps/timeseries.csv
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=warned --set time.end=2.8 --set fields.s=1
expect 0 dwell run base.cfg --quiet "${long[@]}" --set output=warned --set fields.s=1 --restart \
  --set "store.snapshots=[1.3, 1.6, 2.0, 3.0]"
says warned/run.log '^warning: 1 of store.snapshots lie before this restart and have no file'
[[ $(grep -c '^warning: from tau = .* walls are thinner' warned/run.log) == 1 ]] || fail "a warning came again after a restart"

# The same for waves kept as modes, and for reference states.
modes=(--set gw.method=modes --set lattice.stencil=4 --set gw.start=1.1 --set "analysis.utc_reference=[1.1]" \
  --set analysis.tracks=5)
stop_run half0 kill "${modes[@]}"
find_newest
for damage in 'file["gw/wave_plus"][1, 2, 3] = 1e-3' 'file["gw/stress_cross"][3, 2, 1] = 1e-3' \
  'del file["gw/rate_cross"]' 'file["utc/plus_2"][1, 2, 3] = 1e-3' 'del file["utc"]'; do
  damaged whole-modes "${modes[@]}"
done
half_way # the tracks are gone, or end before the checkpoint
rm half/tracks.h5
expect 3 dwell run base.cfg "${long[@]}" "${modes[@]}" --set output=half --restart
one_message 'half/tracks.h5'
half_way
"$DWELL_PYTHON" - half/tracks.h5 <<'TEXT'
import sys, h5py
with h5py.File(sys.argv[1], "r+") as file:
    for name in ("step", "tau", "a", "amplitude"):
        values = file["tracks"][name][:1]
        del file["tracks"][name]
        file["tracks"][name] = values
TEXT
expect 3 dwell run base.cfg "${long[@]}" "${modes[@]}" --set output=half --restart
one_message "half/tracks.h5: the samples up to step"
finish
