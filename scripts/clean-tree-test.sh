#!/usr/bin/env bash
# scripts/clean-tree-test.sh FOLDER [COMMAND...]
#
# Clones this repository into a bare Debian tree and runs ./quickstart COMMAND in it
# for each COMMAND (run and test unless given), printing the time each takes. What is
# committed is tested, not the work tree.
#
# Needs root and debootstrap. The tree is made with debootstrap once, in FOLDER/base, and
# copied to FOLDER/tree for each test; apt sources, proxies and the resolver are those of
# the host. Mounts live in a name space of their own, so nothing stays mounted.
# DWELL_TREE_MIRROR overrides the mirror, DWELL_TREE_SUITE the release (bookworm, Debian 12).
set -euo pipefail

suite=${DWELL_TREE_SUITE:-bookworm}
if (($# == 0)); then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
((EUID == 0)) || { echo "clean-tree-test: this needs root" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "clean-tree-test: apt-get install debootstrap" >&2; exit 1; }

if [[ -z ${DWELL_TREE_UNSHARED:-} ]]; then
  DWELL_TREE_UNSHARED=1 exec unshare --mount --propagation private -- "$0" "$@"
fi

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
mkdir -p -- "$1"
folder=$(cd "$1" && pwd -P)
shift
if (($# == 0)); then
  set -- run test
fi
base=$folder/base
tree=$folder/tree

# The first Debian mirror of the host's apt.
find_mirror() {
  local mirror
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
    grep -Eo '^(URIs:|deb )[^#]*' | grep -Eo 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ')
  printf '%s\n' "${mirror:-http://deb.debian.org/debian}"
}

make_base() {
  local mirror=${DWELL_TREE_MIRROR:-$(find_mirror)} proxy
  echo "clean-tree-test: debootstrap $suite from $mirror"
  proxy=$(apt-config shell value Acquire::http::Proxy | sed -n "s/^value='\(.*\)'$/\1/p")
  rm -rf -- "$base.new"
  http_proxy=${proxy:-${http_proxy:-}} debootstrap --variant=minbase "$suite" "$base.new" "$mirror" \
    >"$folder/debootstrap.log" 2>&1 || { tail -n 20 "$folder/debootstrap.log" >&2; exit 1; }
  if grep -qs "Suites:.*$suite" /etc/apt/sources.list.d/debian.sources; then
    rm -f "$base.new/etc/apt/sources.list"
    cp /etc/apt/sources.list.d/debian.sources "$base.new/etc/apt/sources.list.d/"
  elif grep -qs "^deb .* $suite" /etc/apt/sources.list; then
    cp /etc/apt/sources.list "$base.new/etc/apt/sources.list"
  fi
  apt-config dump | grep -Ei '^acquire::(https?::(proxy|verify-|[^ ]*::)|retries|by-hash)' \
    >"$base.new/etc/apt/apt.conf.d/90host" || true
  mv -- "$base.new" "$base"
}

enter() {
  env -i HOME=/root TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    ${no_proxy:+no_proxy="$no_proxy"} chroot "$tree" "$@"
}

[[ -d $base ]] || make_base
echo "clean-tree-test: copying the bare tree"
rm -rf --one-file-system -- "$tree"
cp -a -- "$base" "$tree"
cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
cp -L /etc/hosts "$tree/etc/hosts"
printf '[safe]\n\tdirectory = *\n' >"$folder/gitconfig" # the repository may belong to another user
GIT_CONFIG_GLOBAL=$folder/gitconfig git clone --quiet --no-local "$source" "$tree/srv/dwell"
mount -t proc proc "$tree/proc"
mount --rbind /dev "$tree/dev"
mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"

status=0
for command in "$@"; do
  echo "clean-tree-test: ./quickstart $command"
  begin=$SECONDS
  enter /srv/dwell/quickstart "$command" 2>&1 | tee "$folder/$command.log" && code=0 || code=$?
  took="$((SECONDS - begin)) s"
  echo "clean-tree-test: ./quickstart $command took $took, exit code $code" | tee -a "$folder/times.log"
  ((code == 0)) || status=1
done
exit $status
