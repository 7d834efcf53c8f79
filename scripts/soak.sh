#!/usr/bin/env bash
# A long run that must not grow: scripts/soak.sh [HOURS [FOLDER]]. examples/radiation.cfg (256³) in short steps on two
# processes of one thread each, with all kinds of output, a checkpoint every two minutes, and a new start every SOAK_MINUTES
# (45): by turns the run stops itself and all its processes are killed. Every 15 s the resident memory and the open files
# of each process go into FOLDER/soak.csv (runs/soak). Prints how far each start grew after its first two minutes; exit
# code 1 where memory grew by more than 2 % or open files by any. Uses build/dwell, or $DWELL.
set -eu
cd "$(dirname "$0")/.."

hours=${1:-3}
folder=${2:-runs/soak}
minutes=${SOAK_MINUTES:-45}
dwell=${DWELL:-build/dwell}
export OMP_NUM_THREADS=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 HWLOC_HIDE_ERRORS=2
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

mkdir -p "$folder"
table=$folder/soak.csv
end=$((SECONDS + $(awk "BEGIN { printf \"%.0f\", $hours * 3600 }")))
settings=(--set "output=$folder/run" --set time.step=0.003 --set gw.coarsening=1 --set analysis.interval=0.05
  --set analysis.spectra_interval=0.05 --set analysis.tracks=16 --set analysis.track_interval=0.05 --set store.slices=0.1
  --set "store.snapshots=[ 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 9.5 ]"
  --set store.checkpoint_minutes=2.0 --set "store.walltime_minutes=$minutes")

# processes_of MPIEXEC: the processes of the program that it started.
processes_of() { pgrep -P "$1" -f "dwell run" || true; }

# watch MPIEXEC START: a row for each process, until it ends or START has run too long.
watch() {
  local begin=$SECONDS process limit=$((SECONDS + minutes * 60 + 600))
  # Every second start is killed, in the middle of whatever it does.
  (($2 % 2 == 0)) && limit=$((SECONDS + minutes * 60 - 30))
  while kill -0 "$1" 2>/dev/null; do
    for process in $(processes_of "$1"); do
      echo "$2,$process,$((SECONDS - begin)),$(sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$process/status" 2>/dev/null),$(find "/proc/$process/fd" -mindepth 1 2>/dev/null | wc -l)"
    done >>"$table"
    if ((SECONDS > limit || SECONDS > end)); then
      # shellcheck disable=SC2046
      kill -9 $(processes_of "$1") 2>/dev/null || true
      return
    fi
    sleep 15
  done
}

echo "start,process,seconds,resident_kB,open_files" >"$table"
start=1
restart=()
while ((SECONDS < end)); do
  mpiexec --bind-to none -n 2 "$dwell" run examples/radiation.cfg "${settings[@]}" "${restart[@]}" --quiet >>"$folder/output" 2>&1 &
  watch $! "$start"
  code=0
  wait $! || code=$?
  echo "start $start: exit code $code, $(tail -n 1 "$folder/run/timeseries.csv" | cut -d, -f1,2) (step, time)"
  ((code == 0)) && break
  ((code == 75 || code == 137)) || ((SECONDS >= end)) || exit 1
  restart=(--restart)
  start=$((start + 1))
done

/usr/bin/python3 - "$table" <<'TEXT'
import csv, collections, sys

rows = collections.defaultdict(list)
for row in csv.DictReader(open(sys.argv[1])):
    if row["resident_kB"]:
        rows[int(row["start"]), row["process"]].append(tuple(int(row[key]) for key in ("seconds", "resident_kB", "open_files")))
bad = False
for (start, process), values in rows.items():
    late = [value for value in values if value[0] >= 120]
    if len(late) < 8:
        continue
    quarter = len(late) // 4
    first = max(value[1] for value in late[:quarter])
    last = max(value[1] for value in late[-quarter:])
    files = max(value[2] for value in late[:quarter]), max(value[2] for value in late[-quarter:])
    print(f"start {start} process {process}: {late[-1][0] / 60:.0f} min, resident {first / 1024:.1f} to {last / 1024:.1f} MiB, "
          f"open files {files[0]} to {files[1]}")
    bad = bad or last > 1.02 * first or files[1] > files[0]
print(f"{sum(map(len, rows.values()))} samples, {len({start for start, _ in rows})} starts: {'GREW' if bad else 'constant'}")
sys.exit(bad)
TEXT
