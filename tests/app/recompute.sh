#!/usr/bin/env bash
# Catches a measured number that doesn't follow from the field by its definition: tests/recompute.py on small runs.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
if [[ -z $DWELL_PYTHON ]]; then
  skip_part "no Python with numpy and h5py"
  exit 77
fi
write_config base.cfg

# recomputed ARGUMENT...: a run, then its last snapshot.
number=0
recomputed() {
  number=$((number + 1))
  expect 0 dwell run base.cfg --quiet --set "output=run$number" "$@" || return
  "$DWELL_PYTHON" "$tests_dir/recompute.py" "run$number" || fail "run$number: $*"
}

recomputed
recomputed --set lattice.stencil=4
recomputed --set precision=double
recomputed --set precision=double --set lattice.stencil=4
recomputed --set precision=double --set lattice.points=30 --set fields.s=0.5 --set cosmology.w=0
recomputed --set precision=double --set fields.bias=0.1 --set fields.s=0.5 --set lattice.stencil=4
recomputed --set fields.bias=0.1
recomputed --set precision=double --set cosmology.background=flat --set "store.snapshots=[3.0]"
# A snapshot between outputs, and one at the start.
recomputed --set precision=double --set "store.snapshots=[2.31]" --set analysis.interval=0
recomputed --set precision=double --set fields.s=0 --set cosmology.w=1 --set time.end=2.0 \
  --set fields.initial.kind=walls --set "fields.initial.normal=[1,1,0]" \
  --set fields.initial.velocity=0.4 --set "store.snapshots=[0]"
# Fields on both sides of the ends of the walls' mask.
recomputed --set fields.initial.rms=1.0
recomputed --set precision=double --set fields.initial.rms=1.0 --set lattice.stencil=4 --set fields.bias=0.1 --set fields.s=0.5

# Other potentials, with a bias; other backgrounds, before, in and after a transition, and tables of both kinds.
short=(--set precision=double --set gw.enabled=false --set fields.bias=0.1 --set fields.s=0.5 --set fields.initial.rms=1.0
  --set time.end=2.5 --set "store.snapshots=[2.5]")
recomputed "${short[@]}" --set fields.potential=sine-gordon
recomputed "${short[@]}" --set fields.potential=phi6 --set fields.potential_sextic=0.7 --set lattice.stencil=4
recomputed "${short[@]}" --set fields.potential=polynomial \
  --set "fields.potential_coefficients=[0.3,0.2952,-0.2145,-0.2421,0.07935,0.009,0.015]"
chain=(--set cosmology.background=chain --set "cosmology.chain_w=[1.0,0.3333333333333333,0.0]"
  --set "cosmology.chain_until=[1.0,2.0]" --set cosmology.chain_width)
recomputed "${short[@]}" "${chain[@]}=0"
recomputed "${short[@]}" "${chain[@]}=0.3"
awk 'BEGIN { for (i = 0; i <= 200; i++) { x = 1 + 0.01 * i; printf "%.17g %.17g\n", x, 5 * (x + 0.3 * x * x) } }' >tau-a.txt
awk 'BEGIN { for (i = 0; i <= 200; i++) { a = exp(0.01 * i); printf "%.17g %.17g\n", 2 * a, sqrt(a^-3 + a^-4) } }' >a-hubble.txt
for columns in tau-a a-hubble; do
  recomputed "${short[@]}" --set cosmology.background=table --set "cosmology.table=$columns.txt" \
    --set "cosmology.table_columns=$columns"
done

# Stress and waves: both equations, both stencils, all coarse grids, all parts, both methods.
number=20
for precision in single double; do
  for coarsening in 1 2 4; do
    recomputed --set precision=$precision --set gw.coarsening=$coarsening --set analysis.stress_parts=true
    recomputed --set precision=$precision --set gw.coarsening=$coarsening --set analysis.stress_parts=true \
      --set fields.s=0 --set lattice.stencil=4 --set gw.method=modes --set cosmology.w=0
  done
  # Two grids; waves that start late, and none; no expansion; smooth fields, whose last shells are below the rounding.
  recomputed --set precision=$precision --set gw.coarsening=1 --set analysis.stress_coarsening=2 --set gw.start=2.0
  recomputed --set precision=$precision --set gw.coarsening=2 --set analysis.stress_coarsening=1 \
    --set analysis.stress_parts=true --set lattice.stencil=4 --set gw.method=modes --set gw.start=3.0
  recomputed --set precision=$precision --set gw.enabled=false --set analysis.stress_coarsening=4
  recomputed --set precision=$precision --set cosmology.background=flat
  recomputed --set precision=$precision --set lattice.points=48 --set lattice.length=10 --set fields.s=0 \
    --set gw.coarsening=1 --set analysis.stress_parts=true
done

# Two fields: energies, walls, strings and junctions.
number=60
for arguments in "fields.walls=2 precision=double" "fields.walls=3 precision=double lattice.stencil=4 fields.bias=0.1" \
  "fields.walls=5 fields.s=0.5"; do
  number=$((number + 1))
  sets=()
  for argument in $arguments; do
    sets+=(--set "$argument")
  done
  expect 0 dwell run base.cfg --quiet --set "output=run$number" --set fields.potential=z-n --set fields.axion_mass=1 \
    "${sets[@]}" && { "$DWELL_PYTHON" "$tests_dir/recompute_sectors.py" "run$number" || fail "run$number: $arguments"; }
done

# phi_prime is d phi / d tau at the same tau: snapshots of three steps in a row.
recomputed --set precision=double --set gw.coarsening=1 --set time.step=0.05 --set "store.snapshots=[1.978, 2.0, 2.022]"
"$DWELL_PYTHON" - "run$number" <<'TEXT' || fail "phi_prime isn't the derivative of phi"
import glob, sys, h5py, numpy
phi, prime, tau, step = [], [], [], []
for name in sorted(glob.glob(sys.argv[1] + "/snapshots/*.h5")):
    with h5py.File(name) as file:
        (number,) = file["data"]
        phi.append(file[f"data/{number}/meshes/phi"][()])
        prime.append(file[f"data/{number}/meshes/phi_prime"][()])
        tau.append(file[f"data/{number}"].attrs["time"])
        step.append(int(number))
assert numpy.diff(step).tolist() == [1, 1], step
centred = (phi[2] - phi[0]) / (tau[2] - tau[0])
off = numpy.sqrt(numpy.mean((centred - prime[1]) ** 2) / numpy.mean(prime[1] ** 2))
print(f"{sys.argv[1]}: phi_prime is off by {off:.1e} from a centred difference")
assert off < 2e-3, off
TEXT

# It sees a wrong number: a single digit of the area, and one value of the spectrum.
cp -r run3 wrong
sed -i '$ s/\(\([^,]*,\)\{10\}0\.[0-9]\{5\}\)[0-9]/\1x/; $ s/x\([0-9]\)/\1\1/' wrong/timeseries.csv
cmp -s run3/timeseries.csv wrong/timeseries.csv && fail "the digit wasn't changed"
"$DWELL_PYTHON" "$tests_dir/recompute.py" wrong >out && fail "a wrong area passes"
says out '^area: '
cp run3/timeseries.csv wrong/
"$DWELL_PYTHON" -c 'import h5py
with h5py.File("wrong/spectra.h5", "r+") as file: file["field/power"][-1, 5] *= 1 + 1e-8'
"$DWELL_PYTHON" "$tests_dir/recompute.py" wrong >out && fail "a wrong power passes"
says out '^field/power: '
"$DWELL_PYTHON" -c 'import h5py
with h5py.File("wrong/spectra.h5", "r+") as file:
    file["field/power"][-1, 5] /= 1 + 1e-8
    file["etc/value"][-1, 2] *= 1 + 1e-8
    file["gw/drho_dlnk"][-1, 3] *= 1 + 1e-8'
"$DWELL_PYTHON" "$tests_dir/recompute.py" wrong >out && fail "a wrong correlator passes"
never out '^field'
says out '^etc/value: '
says out '^rho_gw: '
says out '^gw/omega: '
finish
