#!/usr/bin/env bash
# The area and velocity of scaling networks, for docs/validation.md:
#   docs/scaling.sh [DIRECTORY]
# Runs examples/{radiation,matter,kination}.cfg with three seeds each in DIRECTORY (runs/scaling) and prints, for the last
# third of the valid range (column `valid`), the time average of each run, then mean and standard error over the seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-runs/scaling}
for background in radiation matter kination; do
  for seed in 1 2 3; do
    run="$directory/$background-$seed"
    [ -f "$run/timeseries.csv" ] || build/dwell run "examples/$background.cfg" --quiet --set seed="$seed" \
      --set output="$run" --set store.slices=0 --set 'store.snapshots=[]' --set store.checkpoint_minutes=0
    awk -F, -v name="$background seed $seed" '
      NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
      $column["valid"] == 1 { n++; tau[n] = $column["tau"]; h[n] = $column["area_parameter_h"]
        t[n] = $column["area_parameter_t"]; v[n] = $column["velocity"]; g[n] = $column["gamma_velocity"] }
      END {
        from = tau[1] + 2 * (tau[n] - tau[1]) / 3
        low = 1e9; high = -1e9
        for (i = 1; i <= n; i++) if (tau[i] >= from) { m++; ah += h[i]; at += t[i]; av += v[i]; ag += g[i]
          if (t[i] < low) low = t[i]; if (t[i] > high) high = t[i] }
        printf "%-18s tau %6.2f-%6.2f  A_t %.4f (%.4f-%.4f)  A_H %.4f  v %.4f  gamma_v %.4f\n", name, from, tau[n],
               at / m, low, high, ah / m, av / m, ag / m
      }' "$run/timeseries.csv"
  done | tee >(cat >&2) | awk -v name="$background" '
    { for (i = 1; i <= NF; i++) { if ($i == "A_t") a = $(i + 1); if ($i == "A_H") h = $(i + 1); if ($i == "v") v = $(i + 1)
        if ($i == "gamma_v") g = $(i + 1) }
      n++; sa += a; saa += a * a; sh += h; shh += h * h; sv += v; svv += v * v; sg += g; sgg += g * g }
    function error(s, ss) { s = (ss - s * s / n) / (n - 1) / n; return s > 0 ? sqrt(s) : 0 }
    END { printf "%-10s mean of %d  A_t %.3f +- %.3f  A_H %.3f +- %.3f  v %.3f +- %.3f  gamma_v %.3f +- %.3f\n", name, n,
          sa / n, error(sa, saa), sh / n, error(sh, shh), sv / n, error(sv, svv), sg / n, error(sg, sgg) }'
done
