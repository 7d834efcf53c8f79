#!/usr/bin/env bash
# Catches a run that doesn't go on to the same bits after kill -9 of one process or of all.
# kills.sh KILLS [SEED]: so many kills at random moments, by turns of a single process, one of two, and both of two; a
# checkpoint is written after each step, so that most of them meet one that is being written. Prints what they met.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"

# Waiting for a disk would be most of the time.
if [[ -w /dev/shm ]]; then
  here=$(mktemp -d -p /dev/shm dwell-kills-XXXXXX)
  trap 'stop_children; rm -rf "$here"' EXIT
  cd "$here" || exit 1
fi

kills=${1:-10}
RANDOM=${2:-1}

write_config base.cfg 'analysis = { interval = 0.2; spectra_interval = 0.4; utc_reference = [ 1.2 ]; };'
sed -i '/^analysis = { interval = 0.2; spectra_interval = 0.5/d; s/points = 32; length = 14.0/points = 12; length = 5.25/
  s/end = 3.0/end = 2.0/; s/snapshots = .*;/snapshots = [ 1.3 ]; slices = 0.3; checkpoint_minutes = 1e-9; };/' base.cfg

# processes_of MPIRUN: the processes of the program that it started.
processes_of() { pgrep -P "$1" -f "run base.cfg" 2>/dev/null; }

milliseconds() { echo $(($(date +%s%N) / 1000000)); }
pause() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

# begin HOW ARGUMENT...: in the background; $child.
begin() {
  local how=$1
  shift
  if [[ $how == alone ]]; then
    start "$DWELL" run base.cfg --quiet --set output=killed "$@"
  else
    start_on 2 run base.cfg --quiet --set output=killed "$@"
  fi
}

has_checkpoint() { compgen -G "killed/checkpoints/checkpoint_?.h5" >/dev/null; }

# strike HOW: kill -9 of what HOW says; false where nothing was left to kill.
strike() {
  local victims
  case $1 in
    alone) kill -9 "$child" 2>/dev/null ;;
    one)
      mapfile -t victims < <(processes_of "$child")
      ((${#victims[@]} > 0)) && kill -9 "${victims[RANDOM % ${#victims[@]}]}" 2>/dev/null
      ;;
    all)
      mapfile -t victims < <(processes_of "$child")
      ((${#victims[@]} > 0)) && kill -9 "${victims[@]}" 2>/dev/null
      ;;
  esac
}

# settle HOW: waits for the end after a kill; $code. mpiexec of Open MPI 4.1 sometimes locks itself up in its own end,
# when all that it started is gone; after five seconds it is killed too.
settle() {
  local alone_for=0
  while [[ $1 != alone ]] && kill -0 "$child" 2>/dev/null; do
    if pgrep -P "$child" -r D,R,S,T >/dev/null; then alone_for=0; else alone_for=$((alone_for + 1)); fi
    if ((alone_for > 50)); then
      locked=$((locked + 1))
      kill -9 "$child"
      break
    fi
    sleep 0.1
  done
  code=0
  wait "$child" 2>/dev/null || code=$?
}

# How long the middle of a run is away from its start, and its end, for each way of starting it.
declare -A whole=()
for how in alone one; do
  rm -rf killed
  begun=$(milliseconds)
  begin "$how"
  expect 0 wait "$child"
  whole[$how]=$(($(milliseconds) - begun))
done
whole[all]=${whole[one]}
expect 0 dwell run base.cfg --quiet --set output=undisturbed

met=0
locked=0
writing=0
none=0
hows=(alone one all)
rm -rf killed
for ((tries = 0; met < kills && tries < 10 * kills; tries++)); do
  how=${hows[tries % 3]}
  again=()
  if [[ -e killed/config.cfg ]]; then # a run that was killed once may be killed again while it goes on
    again=(--restart)
    has_checkpoint || again=(--set overwrite=true)
  fi
  begin "$how" "${again[@]}"
  if ((tries % 4 == 3)); then
    pause $((whole[$how] * (RANDOM % 1000) / 1000))
  else # at work: checkpoints are most of it
    until has_checkpoint || ! kill -0 "$child" 2>/dev/null; do sleep 0.005; done
    pause $((whole[$how] * (RANDOM % 400) / 1000))
  fi
  strike "$how"
  settle "$how"
  if ((code != 0)); then
    met=$((met + 1))
    if grep -qs '^checkpoint ' killed/run.log && ! has_checkpoint; then
      fail "a kill took the last checkpoint"
    fi
    if [[ -d killed/checkpoints ]]; then
      [[ -n $(find killed/checkpoints -name '*.tmp') ]] && writing=$((writing + 1))
      has_checkpoint || none=$((none + 1))
    else
      none=$((none + 1))
    fi
    ((RANDOM % 2 == 0)) && continue
  fi
  if [[ ! -e killed/config.cfg ]] || ! has_checkpoint; then
    expect 0 dwell run base.cfg --quiet --set output=killed --set overwrite=true
  else
    expect 0 dwell run base.cfg --quiet --set output=killed --restart
  fi
  [[ $(fingerprint undisturbed) == "$(fingerprint killed)" ]] || fail "another state after a kill"
  same_files undisturbed/timeseries.csv killed/timeseries.csv
  no_unfinished_files killed
  ((tries % 10 == 0)) && same_runs undisturbed killed
  rm -rf killed
done
printf '%d kills met a run, %d of them a checkpoint being written, %d came before the first checkpoint; mpiexec locked up %d times\n' \
  "$met" "$writing" "$none" "$locked"
((met == kills)) || fail "only $met of $kills kills met a run at work"
finish
