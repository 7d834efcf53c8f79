#!/usr/bin/env bash
# Catches a wrong exit code, a message that is missing, doubled or unclear, and an error that loses files.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
write_config base.cfg

# refused CODE PATTERN ARGUMENT...: `run` and `check` alike, with one message; nothing is written.
refused() {
  local code=$1 pattern=$2 command
  shift 2
  for command in run check; do
    expect "$code" dwell "$command" base.cfg --set output=refused "$@" && one_message "$pattern"
    [[ ! -e refused ]] || fail "$command wrote something: $*"
  done
}

# wrong PATTERN ARGUMENT...: one wrong parameter: its line, and how many there are.
wrong() {
  local pattern=$1
  shift
  expect 2 dwell run base.cfg --set output=refused "$@" || return
  says err "$pattern"
  says err '^dwell: 1 problem with the parameters; nothing was written$'
  [[ $(wc -l <err) == 2 ]] || fail "not two lines: $(cat err)"
  [[ ! -e refused ]] || fail "something was written: $*"
}

# --- the command line ---

expect 2 dwell
says err '^  dwell run CONFIG'
expect 2 dwell fly
says err '^dwell: unknown command fly$'
expect 2 dwell run
says err '^dwell: no parameter file given'
expect 2 dwell run base.cfg other.cfg
says err '^dwell: two parameter files, base.cfg and other.cfg'
expect 2 dwell run base.cfg --fast
says err '^dwell: unknown option --fast'
expect 2 dwell check base.cfg --restart
says err '^dwell: unknown option --restart'
expect 2 dwell run base.cfg --set
says err '^dwell: --set needs key=value'
expect 2 dwell params --html
says err '^dwell: usage: dwell params \[--markdown\]$'
expect 3 dwell run missing.cfg
one_message 'missing.cfg'
expect 3 dwell run /
one_message '/'
expect 2 dwell_on 2 run
one_message_mpi 'no parameter file given'

# --- parameters ---

wrong '^--set latice.points: .*lattice.points' --set latice.points=64
wrong '^--set lattice.pionts: .*lattice.points' --set lattice.pionts=64
wrong '^--set lattice.points: .*integer' --set lattice.points=64.5
wrong '^--set lattice.points: .*0.*(4|range)' --set lattice.points=0
wrong '^--set lattice.length: ' --set lattice.length=-1
wrong '^--set time.end: ' --set time.end=nan
wrong '^--set precision: .*single, double' --set precision=half
wrong '^--set gw.enabled: ' --set gw.enabled=7
wrong '^time.step: .*unstable' --set time.step=0.6
wrong '^lattice.points: 33 is not a multiple of gw.coarsening = 2' --set lattice.points=33
wrong '^lattice.points: 34 is not a multiple of gw.coarsening = 4; make it 32 or 36, or set gw.coarsening = 1' \
  --set lattice.points=34 --set gw.coarsening=4
wrong '^lattice.points: 34 is not a multiple of analysis.stress_coarsening = 4; make it 32 or 36' \
  --set lattice.points=34 --set analysis.stress_coarsening=4
wrong '^gw.coarsening: 4 leaves 3 of 12 points a side, too few' --set lattice.points=12 --set gw.coarsening=4
wrong '^--set gw.coarsening: .*1, 2, 4' --set gw.coarsening=3
wrong '^--set analysis.stress_coarsening: .*0, 1, 2, 4' --set analysis.stress_coarsening=8
wrong '^--set analysis.stress_parts: .*true' --set analysis.stress_parts=2
wrong '^--set gw.method: .*lattice, modes' --set gw.method=fourier
wrong '^--set gw.start: ' --set gw.start=-1
wrong '^--set gw.metod: .*gw.method' --set gw.metod=modes
wrong '^gw.start: 3.5 is after time.end = 3; start earlier, end later, or set gw.enabled = false' --set gw.start=3.5
wrong '^time.step: the gravitational waves are unstable at 0.52; stay below 0.5, or' --set time.step=0.52
expect 0 dwell check base.cfg --set gw.start=3.5 --set gw.enabled=false
expect 0 dwell check base.cfg --set time.step=0.52 --set gw.method=modes
wrong '^fields.mass: belongs to fields.potential = "free"' --set fields.mass=1
wrong '^fields.initial.file: a start from a snapshot needs its path' --set fields.initial.kind=snapshot
refused 2 "time.end = 0.5 isn't after the start, tau = 1" --set time.end=0.5 --set gw.enabled=false
refused 2 'time.step: steps of .* dx are unstable by the end of the run' --set time.end=60 --set time.step=0.25
refused 2 'time.step: steps of .* dx are unstable .*; with yoshida4 use time.step below' --set time.step=0.47 \
  --set time.integrator=yoshida4
refused 2 'time.step: steps of .* unstable within the run, tau = 1.5, .*, and the bias exceeds the barrier; with' \
  --set fields.bias=0.3 --set fields.bias_start=1.5 --set fields.bias_full=2.8 --set fields.bias_power=-20
refused 2 'time.step: .* too long for the start; yoshida4 reaches back' --set time.integrator=yoshida4 \
  --set fields.s=0 --set cosmology.hubble_start=40
expect 0 dwell check base.cfg --set time.step=0.6 --set time.integrator=yoshida6 --set gw.method=modes --set fields.s=0
refused 2 'fields.initial.kind = "walls": the potential "free" has no walls' --set fields.potential=free \
  --set fields.initial.kind=walls

# All at once, each with its line.
cat >many.cfg <<'TEXT'
seed = "seven";
latice = { points = 32; };
lattice = { points = 33;
            length = -4.0; };
time = { step = 0.9; ende = 5.0; };
TEXT
expect 2 dwell run many.cfg --set output=refused --set speed=3
says err '^many.cfg:1: seed: '
says err '^many.cfg:2: latice.*lattice'
says err '^many.cfg:4: lattice.length: '
says err '^many.cfg:5: time.ende: .*time.end'
says err '^--set speed: '
says err '^lattice.points: 33 is not a multiple'
says err '^time.step: .*unstable'
says err '^dwell: 7 problems with the parameters; nothing was written$'
[[ $(wc -l <err) == 8 ]] || fail "not eight lines: $(cat err)"
expect 2 dwell check base.cfg --set seed=-1 --set time.end=0.5
says err "^time.end = 0.5 isn't after the start"
says err '^dwell: 2 problems with the parameters; nothing was written$'
expect 2 dwell_on 3 run many.cfg --set output=refused
says err '^many.cfg:1: seed: '
one_message_mpi '6 problems with the parameters'
[[ ! -e refused ]] || fail "something was written"
printf 'seed = 1;\nlattice = { points = ; };\n' >syntax.cfg
expect 2 dwell run syntax.cfg
says err '^syntax.cfg:2: '

# --- processes and memory ---

# crowded PROCESSES PATTERN ARGUMENT...: a coarse grid has no room for so many processes; the message says what has.
crowded() {
  local processes=$1 pattern=$2 command
  shift 2
  for command in run check; do
    expect 2 dwell_on "$processes" "$command" base.cfg --set output=refused --set time.end=1.5 "$@"
    one_message_mpi "$pattern"
  done
}
# A coarse block needs two points for its halo, 8 or 4 sites; a block of the fine lattice a multiple of both coarsenings.
crowded 5 '16 points.* 5 processes .*at least 8 sites .*use 4 processes' --set lattice.points=16 --set gw.coarsening=4
crowded 5 '16 points.* 5 processes .*use 4 processes' --set lattice.points=16 --set gw.coarsening=1 \
  --set analysis.stress_coarsening=4
crowded 5 '12 points.* 5 processes .*at least 4 sites .*use 4 or 6 processes' --set lattice.points=12
crowded 3 'lattice.processes: 16 points .* 3 blocks of at least 8 sites, in multiples of 4' \
  --set lattice.points=16 --set gw.coarsening=4 --set "lattice.processes=[3,1]"
expect 2 dwell_on 3 run base.cfg --set output=refused --set "lattice.processes=[2,2]"
one_message_mpi 'lattice.processes'
expect 2 dwell_on 3 check base.cfg --set output=refused --set "lattice.processes=[2,2]"
one_message_mpi 'lattice.processes'
if [[ -n ${ASAN_OPTIONS-} ]]; then
  skip_part "a lattice larger than the memory: the address sanitizer ends the program there"
else
  expect 5 dwell run base.cfg --set output=refused --set lattice.points=32768 --set lattice.length=4000
  one_message 'memory'
fi
[[ ! -e refused ]] || fail "something was written"

# --- files to read ---

expect 0 dwell run base.cfg --quiet --set output=small
snapshot=$(find small/snapshots -name '*.h5' | sort | head -n 1)
from=(--set fields.initial.kind=snapshot --set)
refused 3 'nowhere.h5' "${from[@]}" fields.initial.file=nowhere.h5
echo "no HDF5" >text.h5
refused 3 'text.h5' "${from[@]}" fields.initial.file=text.h5
refused 3 'small/spectra.h5' "${from[@]}" fields.initial.file=small/spectra.h5
refused 3 "$snapshot holds a box of side 14, the run has 15; set lattice.length to it" \
  "${from[@]}" "fields.initial.file=$snapshot" --set lattice.length=15
refused 3 "$snapshot holds a box of side 14, the run has 15; set lattice.length to it" \
  "${from[@]}" "fields.initial.file=$snapshot" --set lattice.length=15 --set lattice.points=36
expect 0 dwell check base.cfg "${from[@]}" "fields.initial.file=$snapshot" --set lattice.points=36
head -c 100000 "$snapshot" >short.h5
refused 3 'short.h5' "${from[@]}" fields.initial.file=short.h5
expect 3 dwell_on 2 run base.cfg --set output=refused "${from[@]}" fields.initial.file=short.h5
one_message_mpi 'short.h5'
[[ ! -e refused ]] || fail "something was written"

powers=(--set fields.initial.kind=spectrum --set)
wrong '^fields.initial.file: a start from a spectrum needs its path' --set fields.initial.kind=spectrum
refused 3 "fields.initial.file: can't open nowhere.txt" "${powers[@]}" fields.initial.file=nowhere.txt
printf '# k P\n0.4 1.0\n3.0 -1.0\n' >negative.txt
refused 2 'negative.txt:3: a power of -1; it has to be >= 0' "${powers[@]}" fields.initial.file=negative.txt
printf '0.1 1.0\n0.4 1.0\n' >long_waves.txt
refused 2 'long_waves.txt has rows from k = 0.1 to 0.4, and no mode of the box has power there' \
  "${powers[@]}" fields.initial.file=long_waves.txt
expect 2 dwell_on 3 run base.cfg --set output=refused "${powers[@]}" fields.initial.file=negative.txt
one_message_mpi 'negative.txt:3'
[[ ! -e refused ]] || fail "something was written"

# --- the run directory ---

expect 3 dwell run base.cfg --set output=/dev/null/x
one_message '/dev/null'
expect 3 dwell_on 2 run base.cfg --set output=/dev/null/x
one_message_mpi '/dev/null'
echo "in the way" >file
expect 3 dwell run base.cfg --set output=file
one_message "file is in the way, it isn't a directory"
expect 3 dwell run base.cfg --set output=file/below
one_message 'file'
[[ $(cat file) == "in the way" ]] || fail "the file in the way was changed"
mkdir blocked
echo mine >blocked/slices
expect 3 dwell run base.cfg --set output=blocked
one_message "blocked/slices is in the way"
if ((EUID == 0)); then
  skip_part "a directory without permission to write: root may write anywhere"
else
  mkdir -m 555 locked
  expect 3 dwell run base.cfg --set output=locked
  one_message 'locked'
fi

# An existing run is never overwritten, and overwrite = true replaces our files and no others.
before=$(contents small)
expect 3 dwell run base.cfg --set output=small
one_message 'small holds a run already and is left as it is'
expect 3 dwell_on 2 run base.cfg --set output=small
one_message_mpi 'small holds a run already'
expect 2 dwell run base.cfg --set output=small --set overwrite=true --set lattice.points=33
expect 3 dwell run base.cfg --set output=small --set overwrite=true "${from[@]}" fields.initial.file=nowhere.h5
expect 2 dwell run base.cfg --set output=small --set overwrite=true "${from[@]}" \
  "fields.initial.file=$(find small/snapshots -name '*.h5' | head -n 1)"
one_message 'overwrite: small/snapshots/snapshot_.*, which the run starts from, would be removed'
[[ $(contents small) == "$before" ]] || fail "a refused run changed files of an existing one"
mkdir other
echo mine >other/tracks.h5
expect 3 dwell run base.cfg --set output=other # it may become one of ours
rm small/config.cfg small/timeseries.csv small/spectra.h5 small/walls.h5
expect 3 dwell run base.cfg --set output=small # what is left is still a run
mkdir small/analysis
touch small/analysis/analysis.txt small/analysis/analysis.h5 small/report.html
echo mine >small/notes.txt
echo mine >small/snapshots/mine.h5
echo mine >small/slices/phi_cover.txt
touch small/checkpoints/checkpoint_1.h5.tmp
expect 0 dwell run base.cfg --quiet --set output=small --set overwrite=true --set seed=8 --set "store.snapshots=[]" \
  --set store.slices=0 --set store.checkpoint_minutes=0
[[ $(cat small/notes.txt small/snapshots/mine.h5 small/slices/phi_cover.txt) == $'mine\nmine\nmine' ]] ||
  fail "overwrite = true touched a file that isn't of a run"
[[ $(find small -name '*.h5' | sort | tr '\n' ' ') == "small/snapshots/mine.h5 small/spectra.h5 small/walls.h5 " &&
  -z $(find small -name '*.png' -o -name 'analysis.*' -o -name report.html) ]] || fail "overwrite = true left old files: $(find small)"
grep -q '^overwrite = false;' small/config.cfg || fail "config.cfg hands on the consent to overwrite"
[[ $(grep -c '^fingerprint' small/run.log) == 1 ]] || fail "run.log was appended to by overwrite = true"

# --- a full disk ---

# full SIZE PATTERN ARGUMENT...: on a file system of that size; what was written before stays valid.
full() {
  local size=$1 pattern=$2
  shift 2
  mount -t tmpfs -o "size=$size" dwell-test disk || return
  expect 3 dwell run base.cfg --quiet --set output=disk/run "$@" && one_message "$pattern"
  no_unfinished_files disk
  if [[ -n $DWELL_PYTHON ]]; then
    "$DWELL_PYTHON" - disk/run <<'TEXT' || fail "a file on the full disk is damaged ($*)"
import glob, sys, h5py
for name in glob.glob(sys.argv[1] + "/**/*.h5", recursive=True):
    with h5py.File(name) as file:
        file.visititems(lambda key, item: item[()] if isinstance(item, h5py.Dataset) else None)
with open(sys.argv[1] + "/timeseries.csv") as file:
    lines = file.read().split("\n")
assert lines[-1] == "" and all(line.count(",") == lines[0].count(",") for line in lines[:-1]), lines
TEXT
  fi
  ls disk/run/snapshots disk/run/checkpoints >listing
  umount disk
}
# A limit on the size of files is an error like any other: 10 MiB let all through but the checkpoint of 22 MiB.
limited() (
  ulimit -f 10240
  dwell "$@" base.cfg --set precision=double --set lattice.points=96 --set time.end=1.1 --set "store.snapshots=[]"
)
if limited check; then # the message-passing library has files of its own
  expect 3 limited run --quiet --set output=limited
  one_message 'limited/checkpoints/checkpoint_0.h5: can.t be written'
  no_unfinished_files limited
  [[ $(rows limited) -ge 2 ]] || fail "the time series wasn't kept"
else
  skip_part "a limit on the size of files: MPI doesn't start under one of 10 MiB"
fi

mkdir disk
if ((EUID == 0)) && mount -t tmpfs -o size=1m dwell-test disk 2>/dev/null; then
  umount disk
  # A snapshot takes 0.3 MiB and a checkpoint 0.5 MiB; the last one finds no room. Then a checkpoint, then rows.
  full 1100k 'snapshot_[0-9]*.h5: no space: .* MiB are needed' --set "store.snapshots=[1, 2, 3]" --set store.slices=0
  says listing 'snapshot_000000.h5'
  full 800k 'checkpoint_1.h5: no space' --set "store.snapshots=[]" --set store.slices=0 \
    --set store.checkpoint_minutes=0.00001
  says listing 'checkpoint_0.h5'
  full 64k '(spectra.h5|timeseries.csv|phi_[0-9]*.png|config.cfg)[^ ]*: ' --set "store.snapshots=[]" \
    --set analysis.interval=0.01 --set analysis.spectra_interval=0 --set time.step=0.001
  # After room was made the run goes on.
  mount -t tmpfs -o size=1000k dwell-test disk
  expect 3 dwell run base.cfg --quiet --set output=disk/run --set "store.snapshots=[2, 3]" --set store.slices=0 \
    --set store.checkpoint_minutes=0.00001
  mount -o remount,size=8m disk
  expect 0 dwell run base.cfg --quiet --set output=disk/run --set "store.snapshots=[2, 3]" --set store.slices=0 \
    --restart
  expect 0 dwell run base.cfg --quiet --set output=roomy --set "store.snapshots=[2, 3]" --set store.slices=0
  same_runs roomy disk/run
  umount disk
  mount -t tmpfs -o size=1100k dwell-test disk
  expect 3 dwell_on 2 run base.cfg --quiet --set output=disk/run --set "store.snapshots=[1, 2, 3]" --set store.slices=0
  one_message_mpi 'snapshot_[0-9]*.h5: no space'
  umount disk
else
  skip_part "a full disk: needs root and mount"
fi

# --- the evolution becomes invalid ---

huge=(--set fields.initial.kind=mode --set fields.initial.amplitude=1e15 --set store.slices=0.05)
expect 4 dwell run base.cfg --quiet --set output=huge "${huge[@]}"
one_message "the field isn't finite any more at step [0-9]+"
[[ -z $(ls huge/checkpoints) ]] || fail "a field that isn't finite was kept in a checkpoint"
says huge/run.log "the field isn't finite"
never huge/timeseries.csv 'nan|inf'
expect 4 dwell_on 3 run base.cfg --quiet --set output=huge3 "${huge[@]}" --set store.checkpoint_minutes=0.00001
one_message_mpi "the field isn't finite any more at step [0-9]+"
# Where no row is due, checkpoints look at the field themselves: the first is of the start, none of what followed.
expect 4 dwell run base.cfg --quiet --set output=huge-bare "${huge[@]}" --set analysis.interval=0 --set time.step=0.01 \
  --set analysis.spectra_interval=0 --set store.slices=0 --set "store.snapshots=[]" \
  --set store.checkpoint_minutes=0.0000001
[[ $(find huge-bare/checkpoints -type f) ]] || fail "huge-bare: no checkpoint of the start"
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" - huge-bare/checkpoints/*.h5 <<'TEXT' || fail "a field that isn't finite was kept in a checkpoint"
import sys, h5py, numpy
for name in sys.argv[1:]:
    with h5py.File(name) as file:
        assert all(numpy.all(numpy.isfinite(file[field][()])) for field in ("phi", "pi")), name
TEXT
fi

# Steps too long for the size of the field: the energy rises while all is finite. A third as long they are good.
wild=(--set lattice.points=24 --set lattice.length=7.2 --set cosmology.background=flat --set fields.initial.rms=5
  --set fields.initial.cutoff=1.5 --set gw.enabled=false --set store.slices=0)
expect 0 dwell run base.cfg --quiet --set output=tame "${wild[@]}" --set time.step=0.15
says tame/run.log '^balance .* at most 0\.0[0-9]* of itself$'
never tame/run.log 'against the equation of motion'
expect 4 dwell run base.cfg --quiet --set output=wild "${wild[@]}" --set time.step=0.5 --set store.checkpoint_minutes=0.0000001
one_message 'at tau = [0-9.]* the energy has risen by .* of itself'
never wild/timeseries.csv 'nan|inf'
[[ $(find wild/checkpoints -type f) ]] || fail "wild: no checkpoint is left"
expect 4 dwell_on 2 run base.cfg --set output=wild "${wild[@]}" --set time.step=0.5 --restart
one_message_mpi 'at tau = [0-9.]* the energy has risen by .* of itself'
says wild/run.log '^restart  *from step [0-9]'

# The verdict is the same whatever is written, and wherever the run was stopped: it builds up over ten steps and more.
slow=(--set lattice.points=16 --set lattice.length=4.8 --set cosmology.background=flat --set fields.initial.rms=2.5
  --set fields.initial.cutoff=10 --set seed=3 --set time.end=7.5 --set time.step=0.5 --set gw.enabled=false --set gw.coarsening=1
  --set analysis.domains=false --set store.slices=0 --set "store.snapshots=[]" --set analysis.spectra_interval=0)
for one in "0.15 0" "0.15 0.0000001" "1.5 0.0000001" "0 0"; do
  rm -rf slow
  expect 4 dwell run base.cfg --quiet --set output=slow "${slow[@]}" --set "analysis.interval=${one% *}" \
    --set "store.checkpoint_minutes=${one#* }"
  one_message 'at tau = [0-9.]* the energy has risen by .* of itself'
  [[ -e verdict ]] || cp err verdict
  same_files verdict err
done
code=0
dwell run base.cfg --quiet --set output=slower "${slow[@]}" --set store.walltime_minutes=1e-9 || code=$?
for ((stops = 0; code == 75 && stops < 60; stops++)); do
  code=0
  dwell run base.cfg --quiet --set output=slower "${slow[@]}" --set store.walltime_minutes=1e-9 --restart || code=$?
done
[[ $code == 4 ]] || fail "a run that is stopped after each pass ends with $code"
same_files verdict err
((stops > 3)) || fail "the run was stopped only $stops times"

if [[ -n $DWELL_PYTHON ]]; then
  expect 0 dwell run base.cfg --quiet --set output=good
  find good/snapshots -name '*.h5' | sort | head -n 1 | xargs -I{} cp {} nan.h5
  "$DWELL_PYTHON" - nan.h5 <<'TEXT'
import sys, h5py
with h5py.File(sys.argv[1], "r+") as file:
    step = list(file["data"])[0]
    file[f"data/{step}/meshes/phi"][1, 2, 3] = float("nan")
TEXT
  before=$(contents good)
  for processes in 1 2; do
    expect 4 dwell_on "$processes" run base.cfg --quiet --set output=good --set overwrite=true \
      "${from[@]}" fields.initial.file=nan.h5
    one_message_mpi "the field isn't finite any more at step 0"
  done
  [[ $(contents good) == "$before" ]] || fail "a start that isn't finite replaced an existing run"
else
  skip_part "NaN in a snapshot: no Python with h5py"
fi
finish
