#!/usr/bin/env bash
# deb.sh BUILD
# Catches a Debian package that can't be made, lacks a file or a dependency, or whose program doesn't run.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
for tool in dpkg-shlibdeps dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "SKIP: no $tool (Debian package dpkg-dev)"; exit 77; }
done
# Packing is fast only without compression.
printf 'include("%s/CPackConfig.cmake")\nset(CPACK_DEBIAN_COMPRESSION_TYPE gzip)\n' "$1" >config.cmake
cpack --config config.cmake -B "$PWD/packages" >out 2>err || fail "cpack: $(tail -n 5 err)"
package=$(find packages -maxdepth 1 -name 'dwell_*.deb')
[[ -n $package ]] || fail "there is no package among: $(ls packages)"

dpkg-deb --field "$package" >fields
says fields '^Package: dwell$'
says fields '^Version: [0-9]+\.[0-9]+\.[0-9]+-(1|native)$'
says fields '^Depends: '
for library in libc6 libfftw3-double3 libfftw3-single3 libgomp1 libgsl libhdf5-openmpi libconfig libnlopt0 libopenblas0 \
  libopenmpi libpng16 openmpi-bin; do
  grep -q "^Depends: .*\b$library" fields || fail "the package doesn't depend on $library: $(grep Depends fields)"
done
dpkg-deb --contents "$package" >contents
for file in bin/dwell share/dwell/surrogate/default.h5 share/man/man1/dwell.1.gz \
  share/bash-completion/completions/dwell share/doc/dwell/LICENSE; do
  says contents " \./usr/$file\$"
done
never contents '\.a$|/include/'
dpkg-deb --extract "$package" tree
write_config base.cfg
tree/usr/bin/dwell run base.cfg --quiet >out 2>err || fail "the packed program ends with $?: $(cat err)"
mv run packed
dwell run base.cfg --quiet || fail "the program ends with $?"
same_runs packed run

development=$(find packages -maxdepth 1 -name 'libdwell-dev_*.deb')
if [[ -n $development ]]; then
  dpkg-deb --contents "$development" >contents
  says contents 'libdwell_lattice\.a$'
  says contents 'cmake/dwell/dwell-config\.cmake$'
  says contents 'pkgconfig/dwell\.pc$'
  never contents '_private\.h$|/bin/'
  dpkg-deb --field "$development" >fields
  says fields '^Depends: .*libopenmpi-dev.*libfftw3-dev|^Depends: .*libfftw3-dev.*libopenmpi-dev'
else
  skip_part "this build has no package of the libraries (DWELL_INSTALL_LIBRARIES)"
fi
finish
