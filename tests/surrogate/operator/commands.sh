# dwell surrogate train, evaluate and predict for a small corrector: exit codes, the same bits on several processes.
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

cat >base.cfg <<'TEXT'
lattice = { points = 32; length = 8.0; };
time = { end = 2.8; };
gw = { coarsening = 1; };
TEXT
mkdir configs
cat >configs/corrector.cfg <<'TEXT'
kind = "corrector";
base = "../base.cfg";
set = [ "fields.initial.rms=0.12" ];
shells = 6;
cheap = { points = 20; s = 0.0; fat_from = 2.0; };
net = { channels = 4; layers = 3; nets = 1; seed = 3; };
train = { first = 1; runs = 4; steps = 20; rate = 0.03; };
test = { first = 500; runs = 2; };
TEXT

expect 0 dwell surrogate train configs/corrector.cfg --output model.h5
says out '^runs +4 pairs for training'
says out '^step +20 +loss [0-9.]+ field, [0-9.]+ stress$'
says out '^corrected +rms log error [0-9.]+ % area, [0-9.]+ % stress, [0-9.]+ % field$'
says out '^written +model.h5$'
no_unfinished_files .

# The table has a line for each method, and the net's.
expect 0 dwell surrogate evaluate model.h5
for line in 'mean of the training runs' 'fine run stopped half-way' 'physical, 12\^3' 'physical, 16\^3' 'physical, 20\^3' \
  'fat walls, 12\^3' 'fat walls, 16\^3' 'fat walls, 20\^3'; do
  says out "^$line +[0-9.]+ "
done
says out '^fat walls, 20\^3, and net .*<- the net$'
says out '^larger box +5/4 of the side: [0-9.]+ % area, '

# A prediction is the same on any number of processes.
expect 0 dwell surrogate predict model.h5 --set seed=900
says out '^status +OK: '
says out '^provenance +corrected: '
says out '^area +[0-9.]+ \+- [0-9.e-]+$'
[[ $(grep -c '^[0-9]' out) == 6 ]] || fail "not one line for each of 6 shells"
cp out one
for processes in 2 3 4; do
  expect 0 dwell_on $processes surrogate predict model.h5 --set seed=900
  same_files one out
done
expect 0 dwell surrogate predict model.h5 --set seed=901
cmp -s one out && fail "another seed gives the same prediction"
expect 0 dwell surrogate predict model.h5 --set seed=2
says out 'which was trained on'

# What the model was trained at one value of is OUT, and no number is given.
for change in lattice.length=9 cosmology.w=0 fields.initial.cutoff=2 time.end=2.9 time.end=2.5 lattice.points=64; do
  expect 11 dwell surrogate predict model.h5 --set $change
  says out '^status +OUT: '
  never out '^area'
done
expect 11 dwell_on 2 surrogate predict model.h5 --set cosmology.w=0

# A jump operator has the same commands.
sed 's/kind = .*/kind = "jump";/; s/points = 20; s = 0.0; fat_from = 2.0/points = 16; s = 1.0/; s/shells = 6/shells = 5/' \
  configs/corrector.cfg >configs/jump.cfg
echo 'jump = { steps = 12; jumps = 2; };' >>configs/jump.cfg
expect 0 dwell surrogate train configs/jump.cfg --output jump.h5
says out '^jumps +rms log error [0-9.]+ % area, [0-9.]+ % stress, [0-9.]+ % field$'
says out '^monitor +threshold [0-9.]+, exceeded by [0-4] of 4 jumps of the test runs$'
expect 0 dwell surrogate evaluate jump.h5
says out '^2 jumps on 16\^3 .*<- the net$'
says out '^fine run where jumps begin +[0-9.]+ '
"$DWELL" surrogate predict jump.h5 --set seed=900 >out 2>err
case $? in 0 | 10) ;; *) fail "predict with jumps: $(cat err)" ;; esac
says out '^provenance +(corrected: jumps of 16\^3|simulated: fine run)'
[[ $(grep -Ec '^stretch +tau = .* (jumped|re-anchored to the fine run): residual [0-9.]+, threshold [0-9.]+$' out) == 2 ]] ||
  fail "not one stretch for each of 2 jumps"
expect 11 dwell surrogate predict jump.h5 --set cosmology.w=0

# One that learned several backgrounds answers between them and not beyond.
sed 's/rate = 0.03;/rate = 0.03; w = (0.25, 0.4);/; s/steps = 12; jumps = 2/steps = 6; jumps = 2/' configs/jump.cfg \
  >configs/backgrounds.cfg
expect 0 dwell surrogate train configs/backgrounds.cfg --output backgrounds.h5
for w in 0.25 0.3 0.4; do
  "$DWELL" surrogate predict backgrounds.h5 --set seed=900 --set cosmology.w=$w >out 2>err
  case $? in 0 | 10) ;; *) fail "predict for w = $w: $(cat err)" ;; esac
  says out "^background +w = $w, trained on 2 from 0.25 to 0.4$"
  says out '^area '
done
for change in cosmology.w=0.2 cosmology.w=0.5 cosmology.hubble_start=0.9; do
  expect 11 dwell surrogate predict backgrounds.h5 --set $change
  never out '^area'
done

# Command lines and files that are wrong.
expect 2 dwell surrogate
expect 2 dwell surrogate train configs/corrector.cfg
expect 2 dwell surrogate predict model.h5 --set lattice.pionts=3
expect 3 dwell surrogate predict absent.h5
expect 3 dwell surrogate train absent.cfg --output absent.h5
sed 's/steps = 20/stesp = 20/; s/shells = 6/shells = 0/' configs/corrector.cfg >configs/wrong.cfg
expect 2 dwell surrogate train configs/wrong.cfg --output wrong.h5
says err 'train.stesp: unknown key; did you mean train.steps'
says err 'shells: 0 is outside'
[[ ! -e wrong.h5 ]] || fail "a wrong configuration writes a model"
head -c 3000 model.h5 >damaged.h5
expect 3 dwell surrogate predict damaged.h5
expect 3 dwell_on 2 surrogate predict damaged.h5
finish
