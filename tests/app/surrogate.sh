#!/usr/bin/env bash
# Catches a wrong exit code or answer of `dwell surrogate`, an unclear refusal, and a refusal that overwrites a model.
# The first argument is a program that writes data sets whose truth is known.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
make_dataset=$1

for kind in usual all nan zero negative bins one few; do
  "$make_dataset" "$kind" "$kind.h5" || fail "no data set $kind"
done

# --- the command line ---

expect 2 dwell surrogate
says err '^dwell: surrogate: no action is given'
expect 2 dwell surrogate learn
says err '^dwell: surrogate: unknown action learn'
expect 2 dwell surrogate train usual.h5
says err '^dwell: --output is missing'
expect 2 dwell surrogate train usual.h5 --output m.h5 --speed 3
says err '^dwell: unknown option --speed'
expect 2 dwell surrogate train usual.h5 --output m.h5 --kernel cubic
one_message '--kernel: "cubic" is unknown; choose from matern, squared'
expect 2 dwell surrogate train usual.h5 --output m.h5 --times 3,x
one_message '--times: "x" is'
expect 2 dwell surrogate train usual.h5 --output m.h5 --components 0
one_message '--components: "0" is'
expect 2 dwell surrogate train usual.h5 --output m.h5 --bound
says err '^dwell: --bound needs a value'
expect 2 dwell surrogate predict m.h5 --folds 3
says err '^dwell: unknown option --folds'
expect 2 dwell surrogate evaluate m.h5
says err '^dwell: 1 files are given'
expect 3 dwell surrogate train missing.h5 --output m.h5
one_message 'missing.h5'
write_config text.cfg
expect 2 dwell surrogate train text.cfg --output m.h5 # no configuration of a field operator either
[[ ! -e m.h5 ]] || fail "a refused command wrote a model"

# --- training ---

expect 0 dwell surrogate train usual.h5 --output m.h5
says out '^learned +40 points, 160 runs'
says out '^  etc/value '
says out '^written +m.h5$'
expect 0 dwell surrogate train usual.h5 --output again.h5 --kernel squared --trend quadratic --times 3,4.5 \
  --quantity etc/value --bound 0.001 --components 4
says out '^  etc/value +2 +6 '
never out 'velocity'

# refused PATTERN DATASET [OPTION...]: with exit code 2, and the model that is there stays.
refused() {
  local pattern=$1 before
  shift
  before=$(cksum <m.h5)
  expect 2 dwell surrogate train "$@" --output m.h5 && one_message "$pattern"
  [[ $(cksum <m.h5) == "$before" ]] || fail "a refusal changed the model: $*"
}
refused 'run point0001-seed4-fine of the data set: etc/value is -?nan at tau = 4, bin 3' nan.h5
refused 'etc/value is 0 at tau = 4, bin 3' zero.h5
refused 'etc/value is -1 at tau = 4, bin 3' negative.h5
refused 'run point0001-seed2-fine of the data set has other bins of etc/value' bins.h5
refused '1 points are too few' one.h5
refused 'with 2 parameters at least 4 are needed' few.h5
refused 'has no etc/value at tau = 9' usual.h5 --times 9
refused 'no quantity etc/nothing' usual.h5 --quantity etc/nothing
refused "both levels can't be used" usual.h5 --levels both
no_unfinished_files .

# --- predictions ---

expect 0 dwell surrogate predict m.h5
says out '^status +OK$'
says out '^at +cosmology.w = 0.4$'
expect 0 dwell surrogate predict m.h5 --set cosmology.w=0.7 --set fields.initial.cutoff=5 --csv p.csv --hdf5 p.h5 \
  --gradients
says out '^written +p.csv$'
[[ $(head -n 1 p.csv) == quantity,status,tau,k,value,*,dlog_d_cosmology.w,dlog_d_fields.initial.cutoff ]] ||
  fail "columns of p.csv: $(head -n 1 p.csv)"
[[ $(wc -l <p.csv) == 25 ]] || fail "p.csv has $(wc -l <p.csv) lines" # 3 times of 6 bins and two numbers, a header
[[ $(cut -d , -f 2 p.csv | sort -u) == $'OK\nstatus' ]] || fail "p.csv doesn't say the status in each line"
# The truth at x = (0.4, 0.322): exp(-1.5 * 0 + 0.4 * 3 + 0.8 sin(0.6) + 0.3 * 0.4 * 0.322 * 1.6), tau = 5, first bin.
awk -F , '$1 == "etc/value" && $3 == 5 && $4 == 0.5 { found = 1; exit !($5 > 5.33 * 0.95 && $5 < 5.56 * 1.05) }
          END { exit !found }' p.csv || fail "the prediction isn't the truth: $(grep etc p.csv | tail -n 6)"
expect 10 dwell surrogate predict again.h5 --set cosmology.w=0.7 && never out 'status +OK'
expect 11 dwell surrogate predict m.h5 --set cosmology.w=1.2 --csv out.csv --hdf5 out.h5
says out '^status +OUT: cosmology.w = 1.2 is outside the range that was learned, 0 to 1$'
never out 'etc/value'
[[ ! -e out.csv && ! -e out.h5 ]] || fail "numbers were written with OUT"
if [[ -c /dev/full ]]; then # an answer that nobody gets is none
  code=0
  "$DWELL" surrogate predict m.h5 >/dev/full 2>err || code=$?
  [[ $code == 3 ]] || fail "exit code $code instead of 3 on a full disk"
  one_message "the answer can't be written to the standard output"
else
  skip_part "an answer on a full disk: no /dev/full"
fi
expect 11 dwell surrogate predict m.h5 --set lattice.points=128
says out '^status +OUT: lattice.points was fixed in the scan and is changed$'
expect 0 dwell surrogate predict m.h5 --set seed=77 # means don't depend on it
expect 2 dwell surrogate predict m.h5 --set cosmology.v=0.3
says err '^--set cosmology.v: .*cosmology.w'
expect 2 dwell surrogate predict m.h5 --set cosmology.w=wet
says err '^--set cosmology.w: '
expect 2 dwell surrogate predict m.h5 --ptarcade grid.h5
says err '^dwell: --ptarcade needs --temperature and --sigma'
expect 2 dwell surrogate predict m.h5 --ptarcade grid.h5 --temperature 0.1 --sigma 1e16
one_message 'the model has no gw/drho_dlnk'

# --- many places at once ---

printf '# two of them inside\nfields.initial.cutoff, cosmology.w\n\n5 0.7 # as above\n2.5 0.2\n9 0.2\n' >places.txt
expect 11 dwell surrogate predict m.h5 --places places.txt --csv places.csv --hdf5 places.h5
says out '^places +3: 2 OK, 0 DEGRADED, 1 OUT$'
[[ $(head -n 1 places.csv) == status,cosmology.w,fields.initial.cutoff,error_etc/value,*,reason ]] ||
  fail "columns of places.csv: $(head -n 1 places.csv)"
[[ $(cut -d , -f 1 places.csv | tr '\n' ' ') == "status OK OK OUT " ]] || fail "words of places.csv: $(cat places.csv)"
grep -q '^OUT,.*,,,,"fields.initial.cutoff = 9 is outside' places.csv || fail "no reason, or a number with OUT: $(cat places.csv)"
head -n 4 places.txt >inside.txt
expect 10 dwell surrogate predict again.h5 --places inside.txt --csv degraded.csv
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" - <<'END' || fail "predictions at many places aren't those at one"
import csv, h5py, numpy
many, one = h5py.File("places.h5"), list(csv.DictReader(open("p.csv")))
assert list(many["places/status"].asstr()[:]) == ["OK", "OK", "OUT"] and many.attrs["provenance"] == "emulated"
assert list(many["parameters/key"].asstr()[:]) == ["cosmology.w", "fields.initial.cutoff"]
assert numpy.array_equal(many["places/values"][:], [[0.7, 5], [0.2, 2.5], [0.2, 9]])
for name in ("etc/value", "area_parameter_h"):
    rows = [row for row in one if row["quantity"] == name]
    for column in ("value", "low68", "high68", "low95", "high95"):
        found = many[name][column][:]
        assert found.shape[0] == 3 and numpy.isnan(found[2]).all() and numpy.isfinite(found[1]).all()
        assert numpy.array_equal(found[0].ravel(), [float(row[column]) for row in rows]), (name, column)
    assert numpy.array_equal(many[name]["seed"][0].ravel(), [float(row["error_seed"]) for row in rows])
END
else
  skip_part "no Python with h5py compares predictions at many places with those at one"
fi
places_refused() {
  printf '%b' "$2" >places.txt
  rm -f places.csv
  expect 2 dwell surrogate predict m.h5 --places places.txt --csv places.csv && one_message "$1"
  [[ ! -e places.csv ]] || fail "a refused table was answered"
}
places_refused 'is empty' '# nothing\n'
places_refused 'has a column cosmology.v that the model' 'cosmology.v fields.initial.cutoff\n0.1 3\n'
places_refused 'has a column cosmology.w twice' 'cosmology.w cosmology.w\n0.1 3\n'
places_refused 'has no column fields.initial.cutoff' 'cosmology.w\n0.1\n'
places_refused 'has no line of numbers' 'cosmology.w fields.initial.cutoff\n'
places_refused 'line 3: 1 numbers instead of 2' 'cosmology.w fields.initial.cutoff\n0.1 3\n0.1\n'
places_refused 'line 2: 4 is one number too many' 'cosmology.w fields.initial.cutoff\n0.1 3 4\n'
places_refused "line 2: wet isn't a number" 'cosmology.w fields.initial.cutoff\nwet 3\n'
expect 2 dwell surrogate predict m.h5 --places places.txt --set cosmology.w=0.2
says err '^dwell: --places goes with --csv and --hdf5 only'
expect 3 dwell surrogate predict m.h5 --places nothing.txt
one_message 'nothing.txt'

# --- the shipped model ---

expect 0 dwell surrogate predict
says out '^model +.*surrogate/default.h5: 128 points, 1536 runs$'
says out '^status +OK$'
expect 11 dwell surrogate predict --set fields.initial.kind=thermal
says out '^status +OUT: fields.initial.kind was fixed in the scan and is changed$'
expect 0 dwell surrogate predict --ptarcade grid.h5 --temperature 0.1 --sigma 1e16 --grid 2
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" - <<'END' || fail "the grid for PTArcade isn't as it should be"
import h5py, numpy
grid = h5py.File("grid.h5")
names = list(grid["parameter_names"].asstr()[:])
assert names == ["cosmology_w", "log10_fields_initial_cutoff", "log10_fields_initial_rms", "fields_bias",
                 "log10_temperature", "log10_sigma", "f"], names
s = grid["spectrum"][:]
assert s.shape == (2, 2, 2, 2, 9, 2, 60) and numpy.isfinite(s).all()
seen = (s[..., 0, :] > -29) & (s[..., 1, :] > -29)
step = grid["log10_sigma"][1]
assert seen.any() and numpy.allclose((s[..., 1, :] - s[..., 0, :])[seen], 2 * step)  # the square of the tension
END
else
  skip_part "no Python with h5py looks at the grid for PTArcade"
fi

# --- files ---

expect 3 dwell surrogate predict missing.h5
one_message 'missing.h5'
expect 3 dwell surrogate predict usual.h5
one_message "usual.h5 isn't a model"
head -c 20000 m.h5 >cut.h5
expect 3 dwell surrogate predict cut.h5
one_message 'cut.h5'
{
  head -c 20000 m.h5
  printf 'X'
  tail -c +20002 m.h5
} >damaged.h5
expect 3 dwell surrogate predict damaged.h5
one_message 'damaged.h5 is damaged'

# --- evaluation ---

expect 0 dwell surrogate evaluate m.h5 usual.h5 --curve
says out '^held out +32 runs the model never saw$'
says out '^  40 '
awk '$1 == "etc/value" && NF == 7 { found = $2 < 0.04 && $3 > 2 * $2 && $6 > 2 * $2 } END { exit !found }' out ||
  fail "the emulator isn't better than the simple ways: $(cat out)"
expect 0 dwell surrogate evaluate m.h5 usual.h5 --hdf5 checks.h5
says out '^written +checks.h5$'
cp out checks.txt
expect 0 dwell surrogate train all.h5 --output all_model.h5
expect 0 dwell surrogate evaluate all_model.h5 all.h5 --folds 4 --hdf5 folds.h5
says out '^held out +cross-validation, 4 folds'
if [[ -n $DWELL_PYTHON ]]; then
  "$DWELL_PYTHON" - <<'END' || fail "the file of an evaluation isn't what was printed, or not what it is made of"
import h5py, numpy
said = [line.split() for line in open("checks.txt")]
file, folds = h5py.File("checks.h5"), h5py.File("folds.h5")
assert file.attrs["held_out"] == "checks" and folds.attrs["held_out"] == "cross-validation" and folds.attrs["folds"] == 4
assert list(file["points/design"]) == list(range(40, 48)) and list(file["learned/design"]) == list(range(40))
assert sorted(folds["points/design"]) == sorted(folds["learned/design"]) == list(range(40))
assert list(file["points/status"].asstr()[:]) == ["OK"] * 8 and numpy.all(file["points/seeds"][:] == 4)
data = h5py.File("usual.h5")
for point, values in zip(file["points/design"], file["points/values"]):
    assert numpy.array_equal(data["runs/values"][:][data["runs/point"][:] == point][0], values)
for name in ("etc/value", "area_parameter_h", "velocity"):
    found = file[name]
    errors, claims = [line for line in said if line and line[0] == name]
    printed = [numpy.nan if word == "-" else float(word) for word in errors[1:]]
    assert numpy.allclose(found["method_error"][:], printed, atol=5e-5, equal_nan=True), name
    z = (found["predicted"][:] - found["measured"][:]) / numpy.hypot(found["error"][:], found["noise"][:])
    assert numpy.allclose(z, found["z"][:]) and abs(numpy.sqrt(numpy.mean(z**2)) - float(claims[1])) < 6e-4
    inside = numpy.abs(z) * found["error"][:] <= found["half68"][:]
    assert abs(100 * inside.mean() - float(claims[2][:-1])) < 0.06 and len(z) == int(claims[4])
    assert numpy.isclose(found.attrs["within68"], inside.mean()) and len(folds[name]["z"]) == 5 * len(z)
END
else
  skip_part "no Python with h5py reads the file of an evaluation"
fi
expect 2 dwell surrogate evaluate all_model.h5 all.h5 --curve
says err "^dwell: --curve needs points the model hasn't seen"

# --- bits ---

OMP_NUM_THREADS=3 dwell surrogate predict m.h5 --csv three.csv || fail "no prediction with three threads"
dwell surrogate predict m.h5 --csv one.csv || fail "no prediction"
same_files one.csv three.csv
OMP_NUM_THREADS=3 dwell surrogate train usual.h5 --output three.h5 || fail "no training with three threads"
dwell surrogate predict three.h5 --csv three.csv || fail "no prediction"
same_files one.csv three.csv
expect 11 dwell_on 2 surrogate predict m.h5 --set cosmology.w=-0.1
finish
