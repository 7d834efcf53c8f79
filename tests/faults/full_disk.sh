#!/usr/bin/env bash
# Catches a full disk that costs more than the file that was being written: in the middle of a checkpoint, a snapshot and the spectra.
# A small file system in memory where mounting is allowed; and everywhere a limit on the size of files, which strikes in
# the middle of a file too. full_disk.sh [SIZES]: so many of each kind.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
# shellcheck source=tests/app/scan_lib.sh
. "$DWELL_SOURCE_DIR/tests/app/scan_lib.sh"

steps=${1:-1}

write_config base.cfg 'analysis = { interval = 0.2; spectra_interval = 0.2; utc_reference = [ 1.2 ]; };'
sed -i '/^analysis = { interval = 0.2; spectra_interval = 0.5/d; s/points = 32; length = 14.0/points = 16; length = 7/
  s/end = 3.0/end = 1.8/; s/snapshots = .*;/snapshots = [ 1.2, 1.7 ]; slices = 0.3; checkpoint_minutes = 1e-9; };/' base.cfg

# Half of the run has been there before; the disk fills while it goes on.
expect 0 dwell run base.cfg --quiet --set output=half --set time.end=1.4
cp -r half whole
expect 0 dwell run base.cfg --quiet --set output=whole --restart

# go_on DIRECTORY: there is space again.
go_on() {
  expect 0 dwell run base.cfg --quiet --set "output=$1" --restart
  same_runs whole "$1"
  no_unfinished_files "$1"
}

# check DIRECTORY CODE WHAT: what a full disk left.
check() {
  local what=$3 file
  tried=$((tried + 1))
  [[ $2 == 3 ]] || fail "$what: exit code $2 instead of 3: $(cat err)"
  says err '^dwell: .*(space|written|length|disk)'
  file=$(sed -nE 's/^dwell: .*(checkpoint|snapshot|spectra|walls|slices|timeseries|config|run\.log).*/\1/p' err | head -n 1)
  hit[${file:-another}]=$((${hit[${file:-another}]:-0} + 1))
  no_unfinished_files "$1"
}

declare -A hit=()
tried=0

# --- a limit on the size of files: what is longer breaks off there ---

# kib FILE: its size.
kib() { echo $(($(stat -c %s "$1") / 1024)); }

# Between the size of one kind of file and the next, only the larger ones break off; a checkpoint, the largest, is kept
# for the end where others are to be hit.
kinds=(whole/walls.h5 whole/spectra.h5 "$(compgen -G 'whole/snapshots/*.h5' | head -n 1)" whole/checkpoints/checkpoint_0.h5)
for kind in 1 2 3; do
  from=$(kib "${kinds[kind - 1]}")
  to=$(kib "${kinds[kind]}")
  minutes=30
  ((kind == 3)) && minutes=1e-9
  for ((i = 1; i <= steps; i++)); do
    limit=$((from + 1 + (to - from - 1) * i / (steps + 1)))
    rm -rf limited
    cp -r half limited
    code=0
    (ulimit -f "$limit" && trap '' XFSZ && exec "$DWELL" run base.cfg --quiet --set output=limited --restart \
      --set "store.checkpoint_minutes=$minutes") >out 2>err || code=$?
    check limited "$code" "files up to $limit KiB"
    go_on limited
  done
done
for file in spectra snapshot checkpoint; do
  [[ -n ${hit[$file]:-} ]] || fail "no $file was broken off"
done

# --- a small disk ---

if mkdir -p disk && mount -t tmpfs -o size=4m none disk 2>/dev/null; then
  trap 'stop_children; umount disk' EXIT
  most=$(du -sk whole | cut -f 1)
  least=$(du -sk half | cut -f 1)
  for ((i = 1; i <= 2 * steps; i++)); do
    size=$((least + 8 + (most - least + 80) * i / (2 * steps + 1)))
    rm -rf disk/run
    cp -r half disk/run
    mount -o "remount,size=${size}k" disk || fail "the disk can't be made smaller"
    code=0
    "$DWELL" run base.cfg --quiet --set output=disk/run --restart >out 2>err || code=$?
    check disk/run "$code" "a disk of $size KiB"
    mount -o "remount,size=4m" disk
    go_on disk/run
  done
else
  skip_part "no small disk: a file system can't be mounted here"
fi

# --- a scan whose run is under way: it keeps its checkpoint, and goes on from it ---

printf 'base = "base.cfg";\noutput = "scan";\n' >scan.cfg
expect 0 dwell scan scan.cfg --jobs jobs --quiet
expect 0 dwell run jobs/point0000-seed7-fine.cfg --quiet --set time.end=1.4
cp -r scan half-scan
expect 0 dwell scan scan.cfg --restart --quiet
mv scan undisturbed
mv half-scan scan
run=scan/runs/point0000-seed7-fine
code=0
(ulimit -f 1 && trap '' XFSZ && exec "$DWELL" scan scan.cfg --restart --quiet) >out 2>err || code=$?
tried=$((tried + 1))
[[ $code == 3 ]] || fail "a scan with files up to 1 KiB: exit code $code instead of 3"
one_message '(space|written|length|disk)'
compgen -G "$run/checkpoints/checkpoint_?.h5" >out || fail "a full disk took the checkpoint of a scan's run"
expect 0 dwell scan scan.cfg --restart --quiet
same_scans undisturbed scan

printf '%d full disks; stopped at' "$tried"
for file in "${!hit[@]}"; do
  printf ', %s: %d times' "$file" "${hit[$file]}"
done
echo
finish
