# A SLURM of one node for tests, in a folder of its own: munged, slurmctld and slurmd of the user who runs the test, on
# ports of their own. To be sourced.
# shellcheck shell=bash

# Tools that it needs, or what is missing.
cluster_lacks() {
  local tool
  for tool in munged slurmctld slurmd sbatch srun scontrol; do
    PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || { printf '%s' "$tool"; return; }
  done
  ((EUID == 0)) || printf 'root'
}

free_port() {
  local port
  while port=$((20000 + RANDOM)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  printf '%s' "$port"
}

write_cluster() {
  local host=$1 folder=$2 cpus=$3
  cat >"$folder/slurm.conf" <<TEXT
ClusterName=dwell
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
AuthType=auth/munge
CredType=cred/munge
# A job that is queued again waits until its credentials have expired.
AuthInfo=socket=$folder/munge.socket,cred_expire=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2
JobCompType=jobcomp/none
JobAcctGatherType=jobacct_gather/none
SwitchType=switch/none
MpiDefault=none
JobRequeue=1
KillWait=5
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
TEXT
}

# start_cluster CPUS: into the new folder $cluster; false, with the reason in $cluster/why, if it doesn't come up.
start_cluster() {
  local host tries
  PATH=$PATH:/usr/sbin:/sbin
  host=$(hostname -s)
  cluster=$(mktemp -d "${TMPDIR:-/tmp}/dwell-slurm.XXXXXX")
  daemons=()
  mkdir "$cluster/state" "$cluster/spool"
  export SLURM_CONF=$cluster/slurm.conf
  (umask 077 && head -c 1024 /dev/urandom >"$cluster/munge.key")
  write_cluster "$host" "$cluster" "$1"
  chmod 755 "$cluster"
  munged --foreground --force --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" \
    --pid-file="$cluster/munged.pid" --log-file="$cluster/munged.log" --seed-file="$cluster/munge.seed" \
    >"$cluster/munged.out" 2>&1 &
  daemons+=($!)
  for ((tries = 0; tries < 50; tries++)); do
    [[ ! -S $cluster/munge.socket ]] || break
    sleep 0.1
  done
  slurmctld -D -f "$SLURM_CONF" >"$cluster/slurmctld.out" 2>&1 &
  daemons+=($!)
  slurmd -D -f "$SLURM_CONF" -N "$host" >"$cluster/slurmd.out" 2>&1 &
  daemons+=($!)
  for ((tries = 0; tries < 100; tries++)); do
    [[ $(sinfo --noheader --format=%T 2>/dev/null) != idle ]] || return 0
    sleep 0.2
  done
  { sinfo; tail -n 3 "$cluster"/munged.out "$cluster"/*.log; } >"$cluster/why" 2>&1
  return 1
}

# Its jobs, then its processes, the last first.
stop_cluster() {
  local i
  [[ -n ${cluster-} ]] || return 0
  scancel --quiet --user="$(id -un)" 2>/dev/null && sleep 1
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill "${daemons[i]}" 2>/dev/null
    wait "${daemons[i]}" 2>/dev/null
  done
  rm -rf -- "$cluster"
}

# job_state JOB: PENDING, RUNNING, COMPLETED, ...
job_state() { scontrol show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p' | sort -u; }

# wait_for_state JOB SECONDS STATE...: until the job is in one of the states; false if it ends in another or takes too
# long.
wait_for_state() {
  local job=$1 end=$((SECONDS + $2)) state
  shift 2
  while ((SECONDS < end)); do
    for state in $(job_state "$job"); do
      [[ " $* " != *" $state "* ]] || return 0
      [[ $state != @(COMPLETED|FAILED|TIMEOUT|CANCELLED|NODE_FAIL) ]] || return 1
    done
    sleep 0.2
  done
  return 1
}
