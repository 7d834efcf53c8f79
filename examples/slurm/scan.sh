#!/bin/bash
# examples/slurm/scan.sh SCAN_CONFIG JOBS [SBATCH_OPTION...]
#
# Writes the runs of a scan that are left into JOBS, submits them as a job array (scan.sbatch, with the options), and a last
# job that takes their results into the scan's dataset.h5. Prints the numbers of the two jobs. To go on with a scan, or
# for the next batch of an active one: the same again.
set -eu
scan=${1:?a scan file}
jobs=${2:?a folder for the jobs}
shift 2
here=$(cd "$(dirname "$0")" && pwd -P)
program=${DWELL:-dwell}

output=$(sed -n 's/^ *output *= *"\(.*\)".*/\1/p' "$scan")
how=()
[[ -n $output && ! -e $output/journal.txt ]] || how=(--restart)
"$program" scan "$scan" --jobs "$jobs" "${how[@]}"
[[ -s $jobs/runs.txt ]] || exit 0
last=$(($(wc -l <"$jobs/runs.txt") - 1))
array=$(sbatch --parsable --array="0-$last" "$@" "$here/scan.sbatch" "$jobs")
# 75: some runs are missing; the log of this job says how many.
collect=$(sbatch --parsable --dependency="afterany:$array" --job-name=dwell-collect --output=dwell-collect-%j.log \
  --ntasks=1 --wrap "${program@Q} scan ${scan@Q} --collect")
echo "array $array, collect $collect"
