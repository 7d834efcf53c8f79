#!/usr/bin/env bash
# slurm.sh [--time-limit]
#
# Catches job scripts with which a run doesn't outlive its time limit: a job under a real SLURM gets its signal, writes a
# checkpoint, is queued again, finishes, and has the bits of an undisturbed run; a scan goes through a job array.
#
# The signal is sent by hand, as SLURM looks at time limits only every half minute; with --time-limit it is the limit's.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
# shellcheck source=tests/slurm/cluster.sh
. "$DWELL_SOURCE_DIR/tests/slurm/cluster.sh"
slurm=$DWELL_SOURCE_DIR/examples/slurm
lacks=$(cluster_lacks)
if [[ -n $lacks ]]; then
  echo "SKIP: no $lacks (Debian packages slurm-wlm and munge, as root)"
  exit 77
fi
trap 'stop_children; stop_cluster' EXIT
if ! start_cluster 4; then
  echo "SKIP: SLURM doesn't start here: $(tr '\n' ' ' <"$cluster/why")"
  exit 77
fi
export DWELL OMP_NUM_THREADS=1
if ! srun --mpi=pmix -n 2 "$DWELL" --version >out 2>err; then
  echo "srun doesn't start MPI here ($(head -n 1 err)): mpirun is taken"
  export DWELL_LAUNCH="$MPIEXEC -n 2"
fi

# --- one run: stopped, queued again, finished ---

write_config base.cfg
# Some seconds for two processes, since the signal must meet the run, or a minute for the time limit.
step=0.001
points=32
options=(--time=10)
if [[ ${1-} == --time-limit ]]; then
  step=0.0012
  points=64
  options=(--time=1 --signal=B:USR1@50)
fi
sets=(--set "time.step=$step" --set "lattice.points=$points" --set "store.snapshots=[]" --set store.slices=0)
job=$(sbatch --parsable --ntasks-per-node=2 --cpus-per-task=1 "${options[@]}" "$slurm/run.sbatch" base.cfg \
  "${sets[@]}" --set output="$PWD/queued") || fail "sbatch: no job"
wait_for_state "$job" 30 RUNNING || fail "job $job doesn't start: $(job_state "$job")"
if [[ ${1-} != --time-limit ]]; then
  for ((i = 0; i < 300 && $(rows queued) < 3; i++)); do sleep 0.1; done
  scancel --signal=USR1 --batch "$job" || fail "scancel: no signal"
fi
wait_for_state "$job" 100 PENDING REQUEUED || fail "job $job isn't queued again: $(job_state "$job")"
grep -qE '^dwell: stopped by a signal at step [0-9]+ of [0-9]+, checkpoint written' "dwell-$job.log" ||
  fail "the job's log doesn't say that it was stopped: $(tail -n 3 "dwell-$job.log")"
wait_for_state "$job" 150 COMPLETED || fail "job $job doesn't finish: $(job_state "$job")"
[[ $(scontrol show job "$job" | grep -o 'Restarts=[0-9]*') != Restarts=0 ]] || fail "job $job wasn't restarted"
# Once, or several times where the machine is slow.
grep -qE '^restart +from step [1-9]' queued/run.log || fail "job $job began from the start again"
[[ $(grep -cE '^processes +2$' queued/run.log) -gt 1 ]] || fail "the job didn't run again on two processes"
expect 0 dwell_on 2 run base.cfg "${sets[@]}" --set output=undisturbed --quiet
same_runs queued undisturbed

# --- a scan as an array, and its results ---

# shellcheck source=tests/app/scan_lib.sh
. "$tests_dir/app/scan_lib.sh"
write_scan scan.cfg
"$slurm/scan.sh" scan.cfg jobs --cpus-per-task=1 --time=10 >out 2>err || fail "scan.sh: $(cat err)"
says out '^10 runs in jobs'
collect=$(sed -n 's/^array [0-9]*, collect \([0-9]*\)$/\1/p' out)
wait_for_state "$collect" 120 COMPLETED || fail "the results aren't collected: $(job_state "$collect") $(tail -n 2 dwell-collect-*.log)"
mv scan queued_scan
expect 0 dwell scan scan.cfg --quiet
same_scans queued_scan scan
finish
