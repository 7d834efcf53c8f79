#!/usr/bin/env bash
# What coarsening and the method of evolution cost in accuracy, for docs/validation.md:
#   docs/coarsening.sh [DIRECTORY]
# Runs examples/radiation.cfg (256^3) for each coarsening, method and order of the stencil with the same time steps, and
# prints the deviations of spectra from those of coarsening 1, in per cent, by bands of k. Needs python3 with h5py.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-runs/coarsening}
python=/usr/bin/python3
for stencil in 2 4; do
  for choice in "1 lattice" "2 lattice" "4 lattice" "2 modes" "4 modes"; do
    read -r c method <<<"$choice"
    run="$directory/$stencil-$method-$c"
    # 460 steps and a spectrum every 40, multiples of 4: the same times for all.
    [ -f "$run/spectra.h5" ] || build/dwell run examples/radiation.cfg --quiet --set output="$run" \
      --set lattice.stencil="$stencil" --set gw.coarsening="$c" --set gw.method="$method" --set time.step=0.24898 \
      --set analysis.spectra_interval=0.73913043478 --set store.slices=0 --set 'store.snapshots=[]' --set store.checkpoint_minutes=0
  done
done
"$python" - "$directory" <<'PYTHON'
import math, sys
import h5py, numpy as np

directory = sys.argv[1]
bands = [(0, 1 / 11), (1 / 11, 1 / 8), (1 / 8, 1 / 6), (1 / 6, 1 / 4)]
print("largest deviation from coarsening 1 in per cent, in bands of k/k_Nyquist up to 1/11, 1/8, 1/6, 1/4,")
print("at the end (in brackets the worst of the last five spectra, tau = 6.5 to 9.5)")
for stencil in (2, 4):
    with h5py.File(f"{directory}/{stencil}-lattice-1/spectra.h5") as full:
        nyquist = math.pi * full["field/k"].shape[0] * 2 / 19.0
        for run in ("lattice-2", "lattice-4", "modes-2", "modes-4"):
            with h5py.File(f"{directory}/{stencil}-{run}/spectra.h5") as file:
                assert np.array_equal(file["gw/step"][-5:], full["gw/step"][-5:])
                for name in ("gw/drho_dlnk", "gw/drho_dlnk_averaged", "etc/value"):
                    k = file[name.split("/")[0] + "/k"][()] / nyquist
                    off = np.abs(file[name][-5:] / full[name][-5:, : len(k)] - 1) * 100
                    line = f"stencil {stencil} {run:9s} {name:22s}"
                    for low, high in bands:
                        inside = (k >= low) & (k < high)
                        if inside.any():
                            line += f"  {off[-1][inside].max():5.2f} ({off[:, inside].max():5.2f})"
                    print(line)
PYTHON
