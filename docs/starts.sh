#!/usr/bin/env bash
# Networks from very different starts, for docs/validation.md:
#   docs/starts.sh [DIRECTORY]
# Runs physical walls in radiation (s = 1, 256^3) and fat walls in radiation, matter and kination (s = 0, 192^3) from
# each start below with three seeds in DIRECTORY (runs/starts), and prints for each: the area parameter A_t = S t/a at
# the start, 1/4, 1/2, 3/4 and the end of the run (its last three rows, with the scatter of seeds), in units of E, the
# median over starts at the end; the velocity and |fraction_positive - 1/2| at the end; and the times, over that of the
# start of the run, from which A_t stays within 10 % and 20 % of E. Every run has a seed of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
directory=${1:-runs/starts}
bare=(--quiet --set store.slices=0 --set 'store.snapshots=[]' --set store.checkpoint_minutes=0 --set gw.enabled=false
  --set analysis.domains=false --set analysis.spectra_interval=0 --set 'analysis.utc_reference=[]')

# name: keys of fields.initial
starts() {
  cat <<'END'
white-0.1-0.3     kind=white-noise rms=0.1 cutoff=0.3
white-0.1-1       kind=white-noise rms=0.1 cutoff=1
white-0.1-3       kind=white-noise rms=0.1 cutoff=3
white-0.01-3      kind=white-noise rms=0.01 cutoff=3
white-0.5-6       kind=white-noise rms=0.5 cutoff=6
vacuum            kind=vacuum lambda=0.1 cutoff=3
thermal           kind=thermal lambda=0.1 temperature=10 cutoff=6
gaussian-0.5      kind=gaussian rms=0.1 correlation_length=0.5
gaussian-3        kind=gaussian rms=0.1 correlation_length=3
gaussian-8        kind=gaussian rms=0.1 correlation_length=8
power+3           kind=power-law rms=0.1 index=3 cutoff=3
power-3           kind=power-law rms=0.1 index=-3 cutoff=3
cells-0.5         kind=cells cell=0.5
cells-5           kind=cells cell=5
cells-12          kind=cells cell=12
white-0.1-13      kind=white-noise rms=0.1 cutoff=13
END
}

# evolve EXAMPLE NAME SEEDS KEY=VALUE...: all starts, or the one called $only.
evolve() {
  local example=$1 name=$2 seeds=$3 number=0 start keys seed set key
  shift 3
  while read -r start keys; do
    number=$((number + 1))
    [[ -n ${only:-} && $only != "$start" ]] && continue
    for seed in $(seq "$seeds"); do
      local run="$directory/$name/$start/$seed"
      [ -f "$run/timeseries.csv" ] && continue
      set=()
      for key in $keys; do set+=(--set "fields.initial.$key"); done
      for key in "$@"; do set+=(--set "$key"); done
      build/dwell run "examples/$example.cfg" "${bare[@]}" "${set[@]}" --set seed=$((100 * number + seed)) \
        --set output="$run" </dev/null || rm -f "$run/timeseries.csv" # a run that fails has no row in the table
    done
  done < <(starts)
}

# table NAME: reads all time series of it.
table() {
  echo "== $1"
  starts | while read -r start keys; do
    for series in "$directory/$1/$start"/*/timeseries.csv; do
      [ -f "$series" ] || continue
      awk -F, -v start="$start" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { print start, NR - 2, $column["tau"], $column["area_parameter_t"], $column["velocity"], $column["valid"],
          $column["fraction_positive"] }' "$series"
    done
  done | awk '
    function median(list, n,   i, j, x) {
      for (i = 2; i <= n; i++) {
        x = list[i]
        for (j = i - 1; j > 0 && list[j] > x; j--) list[j + 1] = list[j]
        list[j + 1] = x
      }
      return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    function late(start, row) {
      return (sum[start, row] + sum[start, row - 1] + sum[start, row - 2]) / 3 / seeds[start]
    }
    function since(start, part,   row, x) { # from when within `part` of E
      for (row = last; row >= 0; row--) {
        x = sum[start, row] / seeds[start] / unit - 1
        if (x * x >= part * part) break
      }
      return row == last ? "never" : sprintf("%.1f", tau[row + 1] / tau[0])
    }
    function spread(pattern, text,   i, n, x, all, square, part) { # over starts of these names
      for (i = 1; i <= starts; i++) if (name[i] ~ pattern) {
        x = late(name[i], last) / unit; n++; all += x; square += x * x; part += 1 / seeds[name[i]]
      }
      if (n > 1) printf "%s: mean %.3f, spread %.3f, from the scatter of seeds alone %.3f\n", text, all / n,
             sqrt((square - all * all / n) / (n - 1)), sqrt(pooled / freedom * part / n) / unit
    }
    { if (!($1 in seeds)) name[++starts] = $1
      if ($2 == 0) seeds[$1]++
      sum[$1, $2] += $4; one[$1, seeds[$1], $2] = $4; tau[$2] = $3; if ($2 > last) last = $2
      v[$1, $2] += $5; if ($6 == 1 && $2 > valid) valid = $2; f[$1, $2] += ($7 > 0.5 ? $7 - 0.5 : 0.5 - $7) }
    END {
      for (i = 1; i <= starts; i++) list[i] = late(name[i], last)
      unit = median(list, starts)
      printf "tau %.2f to %.2f, valid to %.2f; E = A_t %.3f\n", tau[0], tau[last], tau[valid], unit
      printf "%-14s %5s %7s %7s %7s %7s %15s %6s %6s %6s %6s\n", "start", "seeds", "start", "1/4", "1/2", "3/4", "end",
             "v", "|f-.5|", "10 %", "20 %"
      for (i = 1; i <= starts; i++) {
        s = name[i]; n = seeds[s]; squares = 0
        for (k = 1; k <= n; k++)
          squares += ((one[s, k, last] + one[s, k, last - 1] + one[s, k, last - 2]) / 3 - late(s, last)) ^ 2
        pooled += squares; freedom += n - 1
        printf "%-14s %5d %7.2f %7.2f %7.2f %7.2f %7.2f +-%5.2f %6.2f %6.3f %6s %6s\n", s, n, sum[s, 0] / n / unit,
               sum[s, int(last / 4 + 0.5)] / n / unit, sum[s, int(last / 2 + 0.5)] / n / unit,
               sum[s, int(3 * last / 4 + 0.5)] / n / unit, late(s, last) / unit,
               (n > 1 ? sqrt(squares / (n - 1)) / unit : 0), v[s, last] / n, f[s, last] / n,
               since(s, 0.1), since(s, 0.2)
      }
      spread("", "all starts")
      spread("^white|^gaussian", "white and gaussian")
    }'
}

evolve matter matter 3 lattice.points=192 lattice.length=96 cosmology.hubble_start=0.25 time.end=56 analysis.interval=1
evolve kination kination 3 lattice.points=192 lattice.length=96 cosmology.hubble_start=0.0625 time.end=56 \
  analysis.interval=1
evolve radiation radiation 3 lattice.points=256 lattice.length=37.4 cosmology.hubble_start=0.2 time.end=23.7 \
  analysis.interval=0.4
evolve radiation radiation-fat 3 lattice.points=192 lattice.length=96 cosmology.hubble_start=0.125 time.end=56 \
  analysis.interval=1 fields.s=0
# The same box and seeds, begun when H = m.
only=white-0.1-3 evolve matter matter-early 3 lattice.points=192 lattice.length=96 time.end=50 analysis.interval=1
only=white-0.1-3 evolve kination kination-early 3 lattice.points=192 lattice.length=96 time.end=48.5 analysis.interval=1
for name in radiation radiation-fat matter kination matter-early kination-early; do table "$name"; done
