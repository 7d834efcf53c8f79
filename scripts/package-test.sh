#!/usr/bin/env bash
# scripts/package-test.sh FOLDER [BUILD]
#
# Installs the Debian packages of BUILD (build-package, see the preset package) into a bare Debian tree (scripts/bare-tree.sh) with
# apt-get and tries them there: the program has what it needs and runs, also on two processes and for
# a user, with its model, manual page and completion; with libdwell-dev a program outside the tree builds
# and runs both ways. The bits of the run must be those of BUILD's program here; with qemu-x86_64 (Debian package
# qemu-user) also on processors of other levels of vector code. Needs root and debootstrap.
set -euo pipefail

if (($# == 0)); then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck source=scripts/bare-tree.sh
. "$source/scripts/bare-tree.sh"
need_bare_tree "$0" "$@"
set_bare_tree "$1"
build=$(cd "${2:-$source/build-package}" && pwd -P)

say() { echo "package-test: $*"; }

# The same small run everywhere.
arguments=(run /srv/radiation.cfg --quiet --set lattice.points=48 --set time.end=3 --set 'store.snapshots=[]'
  --set 'analysis.utc_reference=[]' --set store.slices=0)
print_fingerprint() { sed -n 's/^fingerprint *//p' "$1/run.log"; }

cpack --config "$build/CPackConfig.cmake" -B "$build/packages" >"$folder/cpack.log" 2>&1 || { tail "$folder/cpack.log" >&2; exit 1; }
copy_bare_tree
cp "$build"/packages/{dwell,libdwell-dev}_*.deb "$tree/srv/"
cp "$source/examples/radiation.cfg" "$tree/srv/"
cp -r "$source/tests/packaging/outside" "$tree/srv/"
mount_bare_tree

apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends)
say "installing dwell and what it depends on"
enter "${apt[@]}" update >"$folder/apt.log" 2>&1
enter sh -c "${apt[*]} install /srv/dwell_*.deb" >>"$folder/apt.log" 2>&1 || { tail "$folder/apt.log" >&2; exit 1; }
say "$(grep -c '^Setting up' "$folder/apt.log") packages; $(enter dwell --version | head -n 1)"
enter dwell --version | grep -q '^flags .*-DDW_CLONE_LEVELS' || { say "the kernels aren't chosen at run time" >&2; exit 1; }

enter useradd --create-home walker
enter su walker -c "cd && dwell ${arguments[*]@Q} --set output=one"
enter su walker -c "cd && mpirun --oversubscribe -n 2 dwell ${arguments[*]@Q} --set output=two"
rm -rf "$folder/here"
arguments[1]=$source/examples/radiation.cfg
"$build/dwell" "${arguments[@]}" --set output="$folder/here"
one=$(print_fingerprint "$tree/home/walker/one")
two=$(print_fingerprint "$tree/home/walker/two")
here=$(print_fingerprint "$folder/here")
[[ -n $one && $one == "$two" && $one == "$here" ]] || { say "fields differ: '$one', '$two', here '$here'" >&2; exit 1; }
say "the run has the same fields on one process, on two, and outside the tree: $one"
enter dwell surrogate predict >"$folder/predict.log"
say "$(grep -m 1 '^model' "$folder/predict.log")"
enter test -s /usr/share/bash-completion/completions/dwell
# A bare tree of containers leaves out manual pages, so the package itself is asked.
enter sh -c 'dpkg-query -L dwell' | grep -q /man1/dwell.1 || { say "there is no manual page" >&2; exit 1; }

# FFTW rounds as its own choice of vector code has it, so the fields of this run never go through a transform.
levels=(run "$source/examples/radiation.cfg" --quiet --set lattice.points=32 --set lattice.length=14 --set time.end=2
  --set fields.initial.kind=sphere --set fields.initial.radius=4 --set 'store.snapshots=[]' --set store.slices=0
  --set 'analysis.utc_reference=[]' --set overwrite=true)
if command -v qemu-x86_64 >/dev/null; then
  "$build/dwell" "${levels[@]}" --set output="$folder/level"
  here=$(print_fingerprint "$folder/level")
  for processor in Nehalem Haswell; do
    qemu-x86_64 -cpu "$processor" "$build/dwell" "${levels[@]}" --set output="$folder/level-$processor" 2>"$folder/qemu.log" ||
      { cat "$folder/qemu.log" >&2; say "the program doesn't run on $processor" >&2; exit 1; }
    one=$(print_fingerprint "$folder/level-$processor")
    [[ -n $one && $one == "$here" ]] || { say "fields on $processor differ: '$one', here '$here'" >&2; exit 1; }
  done
  say "the same fields on Nehalem, Haswell and this machine: $here"
else
  say "SKIP: no qemu-x86_64, other levels of vector code aren't tried"
fi

say "installing libdwell-dev"
enter sh -c "${apt[*]} install /srv/libdwell-dev_*.deb gcc libc6-dev pkg-config cmake make" >>"$folder/apt.log" 2>&1 ||
  { tail "$folder/apt.log" >&2; exit 1; }
# shellcheck disable=SC2016
enter sh -ec 'cd /srv/outside && cc -std=c17 outside.c $(pkg-config --cflags --libs dwell) -lm -o by_pkg_config &&
  cmake -S . -B by_cmake >cmake.log && cmake --build by_cmake >>cmake.log'
for program in by_pkg_config by_cmake/outside; do
  enter su walker -c "/srv/outside/$program /usr/share/dwell/surrogate/default.h5" >"$folder/${program%/*}.log"
done
cmp "$folder/by_pkg_config.log" "$folder/by_cmake.log"
say "programs outside, by pkg-config and by CMake: $(head -n 1 "$folder/by_cmake.log")"
enter apt-get -q -y remove dwell libdwell-dev >>"$folder/apt.log" 2>&1
[[ ! -e $tree/usr/bin/dwell && ! -e $tree/usr/share/dwell ]] || { say "files stay after the package is removed" >&2; exit 1; }
say "all as expected"
