#!/usr/bin/env bash
# Catches an analysis of what can't be analysed, a message that doesn't say why, and an error that leaves files.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
write_config base.cfg
small=(--quiet --set store.slices=0 --set "store.snapshots=[]" --set store.checkpoint_minutes=0)
unequal=(--set "analysis.utc_reference=[2.0]" --set analysis.tracks=4)
expect 0 dwell run base.cfg "${small[@]}" "${unequal[@]}" --set output=a
expect 0 dwell run base.cfg "${small[@]}" "${unequal[@]}" --set output=b --set seed=8 --set name=second
expect 0 dwell run base.cfg "${small[@]}" "${unequal[@]}" --set output=wide --set seed=9 --set lattice.length=15
expect 0 dwell run base.cfg "${small[@]}" --set output=bare
expect 0 dwell run base.cfg "${small[@]}" --set output=still --set gw.enabled=false
expect 0 dwell run base.cfg "${small[@]}" --set output=free --set fields.potential=free \
  --set fields.initial.kind=mode --set fields.mass=0.5
cp -r a cut
sed -i '$d' cut/timeseries.csv

# everything: names of all there is, and checksums of all but what the last command said.
everything() {
  find . | grep -v '^\./\(out\|err\)$' | sort
  find . -type f ! -name out ! -name err -print0 | sort -z | xargs -0r cksum
}

# refused CODE PATTERN ARGUMENT...: one message; nothing is written or printed.
refused() {
  local code=$1 pattern=$2 before
  shift 2
  before=$(everything)
  expect "$code" dwell analyse "$@" && one_message "$pattern"
  [[ ! -s out ]] || fail "printed in spite of an error ($*): $(cat out)"
  [[ $(everything) == "$before" ]] || fail "something was written: $*"
}

# --- the command line ---

# usage PATTERN ARGUMENT...: the first of two lines; the second is the usage.
usage() {
  local pattern=$1 before
  shift
  before=$(everything)
  expect 2 dwell analyse "$@"
  says err "^dwell: $pattern"
  says err '^usage: dwell analyse RUN_DIR'
  [[ $(everything) == "$before" ]] || fail "something was written: $*"
}
usage 'no run directory given$'
usage 'unknown option --fast$' a --fast
usage 'unknown option --unfinished=1$' a --unfinished=1
usage '--from needs a value after it$' a --from
refused 2 '--from: "early" isn.t a number' a --from early
refused 2 '--to: "2x" isn.t a number' a --to=2x
refused 2 '--to: "nan" isn.t a number' a --to=nan
refused 2 '--eta: "-1" isn.t a number > 0' a --eta=-1 --temperature 1
refused 2 '--only: there is no section "wals"; choose from walls, correlator, coherence, waves, route, today' a --only wals
refused 2 '--skip: there is no section ""; choose from' a --skip walls,
refused 2 'no section is left' a --only walls --skip walls
refused 2 '--output: "" is no directory' a --output=
refused 2 '--lambda and --sigma both fix the tension' a --eta 1e16 --lambda 1 --sigma 1e12 --temperature 1
refused 2 '--lambda: the tension needs --eta too' a --lambda 1 --temperature 1
refused 2 'the spectrum today needs --temperature too' a --sigma 1e12
refused 2 '--temperature: the spectrum today needs --sigma or --eta too' a --temperature 1
refused 2 '--only: section today needs --temperature' a --only walls,today

# --- what isn't a run ---

refused 3 'nowhere: can.t be read \(No such file' nowhere
refused 3 'base.cfg isn.t a directory; name the directory of a run' base.cfg
mkdir none
refused 3 'none holds no run: there is no spectra.h5 in it' none
cp -r a broken
echo "no HDF5" >broken/spectra.h5
refused 3 'broken/spectra.h5: can.t be opened, it is no HDF5 file' broken
head -c 20000 a/spectra.h5 >broken/spectra.h5
refused 3 'broken/spectra.h5: ' broken
cp a/tracks.h5 broken/spectra.h5
refused 3 'broken/spectra.h5: has no dataset /field/step' broken
cp a/spectra.h5 broken/spectra.h5
cp b/tracks.h5 broken/tracks.h5
refused 3 'broken/tracks.h5 isn.t of the run of spectra.h5: their seed differ' broken
cp a/tracks.h5 broken/tracks.h5
head -c -10 a/timeseries.csv >broken/timeseries.csv
refused 3 'broken/timeseries.csv:14: the line has no end' broken
sed '4s/,[^,]*$//' a/timeseries.csv >broken/timeseries.csv
refused 3 'broken/timeseries.csv:4: .* fields where the first line names' broken
rm broken/timeseries.csv
refused 3 'broken holds no run: there is no timeseries.csv' broken
if [[ -n $DWELL_PYTHON ]]; then
  cp a/timeseries.csv broken
  # change STATEMENT [RUN]: of its open file, that of `a` unless given.
  change() {
    cp "${2:-a}/spectra.h5" broken/spectra.h5
    "$DWELL_PYTHON" -c 'import sys, h5py, numpy
with h5py.File("broken/spectra.h5", "r+") as file:
    exec(sys.argv[1])' "$1"
  }
  "$DWELL_PYTHON" -c 'import h5py
with h5py.File("broken/spectra.h5", "w") as file:
    file["field/step"] = [1, 2]'
  refused 3 'broken/spectra.h5 isn.t a file of this program: its root has no attribute format_version' broken
  change 'file.attrs["format_version"] = 1'
  refused 3 'broken/spectra.h5 has format version 1, this program reads [0-9]+' broken
  change 'del file.attrs["config"]'
  refused 3 'its root has no attribute config' broken
  change 'file["etc/value"][2, 1] = numpy.nan'
  refused 3 'broken/spectra.h5: number [0-9]+ of dataset /etc/value is nan, it must be finite' broken
  change 'rows = file["gw/tau"][:3]; del file["gw/tau"]; file["gw/tau"] = rows'
  refused 3 'broken/spectra.h5: dataset /gw/tau is \(3\) where the others ask for \(5\)' broken
  change 'del file["utc/value"]; file.create_dataset("utc/value", (1 << 20, 5, 1 << 20), "f8")'
  refused 3 'broken/spectra.h5: dataset /utc/value is ' broken
  change 'del file["field/k"]; file.create_dataset("field/k", (1 << 50,), "f8", chunks=(1024,))'
  refused 3 'broken/spectra.h5: dataset /field/k claims to be .*, more than a file of' broken
  change 'file["gw/tau"][1] *= 1.1'
  refused 3 'broken/spectra.h5: groups field and gw have other rows or times' broken
  change 'del file["etc/scaling"]'
  refused 3 'broken/spectra.h5: has no dataset /etc/scaling' broken
  cp b/timeseries.csv b/tracks.h5 broken
  change 'for name in ("k", "count", "drho_dlnk", "drho_dlnk_error", "drho_dlnk_averaged", "omega", "omega_averaged"):
      one_less = file["gw"][name][..., :-1]
      del file["gw"][name]
      file["gw"][name] = one_less' b
  refused 3 'a and broken have other shells, but the same set-up' a broken --output both-broken
else
  skip_part "files that h5py changes: no Python with h5py"
fi

# --- what the run has and what is asked for ---

refused 3 'the run in cut isn.t finished: its last row is at tau = 2.83333, time.end = 3; .*--restart.*--unfinished' cut
refused 2 '--from 0.5 is outside the run, which has tau = 1 to 3' a --from 0.5
refused 2 '--to 3.2 is outside the run, which has tau = 1 to 3' a --to 3.2
refused 2 '--from 4 is outside the run' a --from 4 --to 5
refused 2 '--from 2 isn.t before --to 2' a --from 2 --to 2
refused 2 'the window from tau = 3 to 3 is empty; the run has 1 to 3' a --from 3
refused 2 '--to 2.9 is outside the run, which has tau = 1 to 2.83333' cut --unfinished --to 2.9
refused 3 'bare has no stress at unequal times \(set analysis.utc_reference or analysis.tracks\); .*--skip coherence,route$' \
  bare --only coherence,walls,route
refused 3 'still has no stress at unequal times .*; no gravitational waves \(set gw.enabled = true\); .*--skip coherence,waves,route$' \
  still --only waves,route,coherence
refused 3 'free has no walls .*--skip walls,correlator$' free --only walls,correlator
refused 3 'nothing is left to analyse: free has no walls .*; no stress at unequal times .*' free --skip waves
refused 2 '--at: "noon" is unknown; .*"end" or "annihilation"' a --temperature 1 --sigma 1e12 --at noon
refused 2 '--at annihilation: the walls of a don.t annihilate within the run' a --temperature 1 --sigma 1e12 \
  --at annihilation
refused 3 'still has no gravitational waves .*--skip today$' still --only today --sigma 1e12 --temperature 1

# --- several runs ---

refused 2 '2 runs are given; say with --output DIR' a b
refused 2 'a and wide differ in lattice.length; .*seed only' a wide --output set
refused 2 'a and bare differ in analysis.utc_reference' a bare --output set
refused 2 'a and \./a have the same seed, 7' a ./a --output set
refused 3 'the run in cut isn.t finished' b cut --output set
refused 3 'nowhere: can.t be read' a b nowhere --output set

# --- where it goes ---

echo mine >file
refused 3 '--output: file is in the way, it isn.t a directory' a --output file
before=$(everything)
expect 3 dwell analyse a --output file/below
one_message 'output: file is in the way, .*--output DIR'
expect 3 dwell analyse a --output /dev/null/x
one_message '/dev/null.*--output DIR'
[[ $(everything) == "$before" ]] || fail "something was written"
refused 2 '--output: the path is longer than 1023 bytes' a "--output=$(printf 'x%.0s' {1..1100})"
if ((EUID == 0)); then
  skip_part "a directory without permission to write: root may write anywhere"
else
  mkdir -m 555 locked
  refused 3 '--output: locked can.t be written' a --output locked
fi
if ((EUID == 0)) && mkdir disk && mount -t tmpfs -o size=16k dwell-test disk 2>/dev/null; then
  expect 3 dwell analyse a --output disk/analysis
  one_message 'disk/analysis/analysis.h5: no space'
  [[ -z $(ls disk) ]] || fail "left on the full disk: $(find disk)"
  umount disk
else
  skip_part "a full disk: needs root and mount"
fi

# --- several processes: the same, and nobody hangs ---

before=$(everything)
expect 2 dwell_on 2 analyse a --from 0.5
one_message_mpi '--from 0.5 is outside the run'
expect 3 dwell_on 3 analyse nowhere
one_message_mpi 'nowhere: can.t be read'
expect 3 dwell_on 2 analyse bare --only coherence
one_message_mpi 'bare has no stress at unequal times'
[[ $(everything) == "$before" ]] || fail "something was written"
expect 0 dwell_on 3 analyse a --output from-three
[[ ! -s err ]] || fail "on three processes: $(cat err)"

# --- what can be done is done ---

before=$(contents a)
expect 0 dwell analyse a
[[ ! -s err ]] || fail "an analysis complains: $(cat err)"
[[ $(contents a | grep -v ' \./analysis/') == "$before" ]] || fail "an analysis changes the run"
printf '%s\n' analysis.h5 analysis.txt >expected
ls a/analysis >listing
same_files expected listing
same_files <(grep -v '^written' out) a/analysis/analysis.txt
same_files a/analysis/analysis.txt from-three/analysis.txt
says out '^written +a/analysis/analysis.txt, a/analysis/analysis.h5$'
says out '^today +left out: give --temperature, and --sigma or --eta$'
expect 0 dwell analyse a --from 1.1 --only walls # an earlier analysis is replaced
says out '^  area_parameter_t +[0-9.]+ \+-'
never out '^(correlator|coherence|waves|route|today)'
expect 0 dwell analyse b --from 1.1 --only walls --output of-b
expect 0 dwell analyse a b --from 1.1 --output set/of/two --skip coherence,waves
expect 0 dwell analyse cut --unfinished --to 2.5 --output cut-analysis
says out '^run +cut: test, seed 7, .* tau = 1 to 2.83333, not finished$'
expect 0 dwell analyse bare --skip coherence,route
never out 'left out: the run'
expect 0 dwell analyse still --skip=coherence,waves,route
# What nobody asked for is left out where the run lacks what it needs.
expect 0 dwell analyse bare
for section in coherence route; do
  says out "^$section +left out: the run has no stress at unequal times \(set analysis.utc_reference or analysis.tracks\)$"
done
says out '^waves +at tau = 3'
expect 0 dwell analyse still
says out '^route +left out: the run has no stress at unequal times .*; no gravitational waves \(set gw.enabled = true\)$'
never out '^waves +at tau'
expect 0 dwell analyse free --only waves
expect 0 dwell analyse a --only today --eta 1e16 --temperature 0.1 --output now
printf '%s\n' analysis.h5 analysis.txt spectrum_today.h5 spectrum_today.txt >expected
ls now >listing
same_files expected listing
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" - <<'TEXT' || fail "the numbers of two runs aren't as they should be"
import h5py
with h5py.File("set/of/two/analysis.h5") as both, h5py.File("a/analysis/analysis.h5") as a, h5py.File("of-b/analysis.h5") as b:
    assert list(both.attrs["source.seed"]) == [7, 8]
    assert [run.decode() for run in both.attrs["source.runs"]] == ["a", "b"]
    assert "analyse a b" in both.attrs["provenance.command"] and "format_version" in both.attrs
    for name in ("area_parameter_t", "velocity"):
        one, two = a["walls/" + name][0], b["walls/" + name][0]
        mean, error = both["walls/" + name][:2]
        assert abs(mean - (one + two) / 2) < 1e-12 and abs(error - abs(one - two) / 2) < 1e-12, name
    for group in both.values():
        for item in group.values():
            assert item.attrs["unit"] and item.attrs["description"], item
TEXT
fi
no_unfinished_files .
finish
