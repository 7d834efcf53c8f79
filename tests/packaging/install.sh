#!/usr/bin/env bash
# install.sh BUILD C_COMPILER
# Catches an installed program that misses a file, a header that needs what isn't installed, and a CMake package or a
# pkg-config file with which a program outside the tree doesn't build, link or give the same numbers.
# shellcheck source=tests/app/lib.sh
. "$DWELL_SOURCE_DIR/tests/app/lib.sh"
build=$1
compiler=$2
outside=$tests_dir/packaging/outside
flags=$(sed -n 's/^DWELL_SANITIZE:STRING=\(..*\)$/-fsanitize=\1/p' "$build/CMakeCache.txt" | tr ';' ',')

expect 0 cmake --install "$build" --prefix "$PWD/root" >out 2>err

# --- the program, its model, its pages ---

installed=$PWD/root/bin/dwell
for file in bin/dwell share/dwell/surrogate/default.h5 share/man/man1/dwell.1.gz share/bash-completion/completions/dwell; do
  [[ -s root/$file ]] || fail "$file isn't installed"
done
for file in README.md LICENSE examples/radiation.cfg examples/slurm/run.sbatch docs/cluster.md; do
  [[ -s root/share/doc/dwell/$file ]] || fail "$file isn't installed among the documents"
done
"$installed" --version >out 2>err || fail "the installed program doesn't start"
says out '^dwell [0-9]+\.[0-9]+'
"$installed" surrogate predict >out 2>err
[[ $? == 0 || $? == 10 ]] || fail "the installed program doesn't find its model"
says out "^model +$PWD/root/bin/\.\./share/dwell/surrogate/default.h5"

# --- the libraries ---

pc=$(find root -name dwell.pc)
if [[ -z $pc ]]; then
  skip_part "the libraries aren't installed from this build (DWELL_INSTALL_LIBRARIES)"
  finish
fi
export PKG_CONFIG_PATH=$PWD/${pc%/*}
read -ra cflags < <(pkg-config --cflags dwell)
read -ra libs < <(pkg-config --libs dwell)
model=$PWD/root/share/dwell/surrogate/default.h5

# fields/dwell_kick.h is for potentials, which set its types first.
headers=0
while read -r header; do
  headers=$((headers + 1))
  "$compiler" -std=c17 -fsyntax-only "-I$PWD/root/include/dwell" -include "$header" -x c /dev/null 2>err ||
    fail "$header doesn't compile alone: $(head -n 1 err)"
done < <(cd root/include/dwell && find . -name '*.h' ! -name dwell_kick.h | sed 's,^\./,,' | sort)
((headers > 60)) || fail "only $headers headers are installed"

# shellcheck disable=SC2086
"$compiler" -std=c17 $flags -o by_pkg_config "$outside/outside.c" "${cflags[@]}" "${libs[@]}" -lm 2>err ||
  fail "with pkg-config: $(head -n 3 err)"
{ cmake -S "$outside" -B by_cmake -DCMAKE_PREFIX_PATH="$PWD/root" -DCMAKE_C_COMPILER="$compiler" \
  -DCMAKE_C_FLAGS="$flags" && cmake --build by_cmake; } >out 2>&1 || fail "with CMake: $(tail -n 5 out)"
./by_pkg_config "$model" >first 2>err || fail "by_pkg_config ends with $?: $(cat err)"
$MPIEXEC -n 2 by_cmake/outside "$model" >second 2>err || fail "by_cmake ends with $?: $(cat err)"
says first '^network [0-9a-f]{16} to [0-9a-f]{16}, tau 2$'
says first '^model (OK|DEGRADED), [0-9]+ numbers, the first [0-9.e+-]+$'
same_files first second
[[ $(sed -n 's/^network \([^ ]*\) to \([^,]*\),.*/\1 \2/p' first) =~ ^(.*)\ (.*)$ && ${BASH_REMATCH[1]} != "${BASH_REMATCH[2]}" ]] ||
  fail "the network hasn't moved"
finish
