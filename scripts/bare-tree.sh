# A bare Debian tree for scripts that try things in it; to be sourced. It is made with debootstrap once, in $base, and copied
# to $tree for each try; apt sources, proxies and the resolver are those of the host.
# DWELL_TREE_MIRROR overrides the mirror, DWELL_TREE_SUITE the release (bookworm, Debian 12).
# shellcheck shell=bash
suite=${DWELL_TREE_SUITE:-bookworm}

# need_bare_tree SCRIPT ARGUMENT...: what it needs, or the end; goes on in a name space of its own, so that nothing
# stays mounted.
need_bare_tree() {
  ((EUID == 0)) || { echo "bare tree: this needs root" >&2; exit 1; }
  command -v debootstrap >/dev/null || { echo "bare tree: apt-get install debootstrap" >&2; exit 1; }
  if [[ -z ${DWELL_TREE_UNSHARED:-} ]]; then
    DWELL_TREE_UNSHARED=1 exec unshare --mount --propagation private -- "$@"
  fi
}

# set_bare_tree FOLDER: where the trees lie.
set_bare_tree() {
  mkdir -p -- "$1"
  folder=$(cd "$1" && pwd -P)
  base=$folder/base
  tree=$folder/tree
}

# The first Debian mirror of the host's apt.
find_mirror() {
  local mirror
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
    grep -Eo '^(URIs:|deb )[^#]*' | grep -Eo 'https?://[^ ]*/debian/?( |$)' | head -n 1 | tr -d ' ')
  printf '%s\n' "${mirror:-http://deb.debian.org/debian}"
}

make_base() {
  local mirror=${DWELL_TREE_MIRROR:-$(find_mirror)} proxy
  echo "bare tree: debootstrap $suite from $mirror"
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

# A new $tree; mount_bare_tree when all is in it.
copy_bare_tree() {
  [[ -d $base ]] || make_base
  echo "bare tree: copying"
  rm -rf --one-file-system -- "$tree"
  cp -a -- "$base" "$tree"
  cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
  cp -L /etc/hosts "$tree/etc/hosts"
}

mount_bare_tree() {
  mount -t proc proc "$tree/proc"
  mount --rbind /dev "$tree/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"
}
