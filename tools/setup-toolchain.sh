#!/usr/bin/env bash
# Prints the folder that holds a usable em++, after installing one where this machine has none:
#
#   PATH="$(tools/setup-toolchain.sh):$PATH" emcmake cmake --preset wasm
#
# An em++ already on PATH (emsdk, Homebrew, Debian 13) is used as it is. Otherwise, on Debian 12 and as root: LLVM comes
# from bookworm with apt, Emscripten's own scripts from a newer Debian suite (unpacked, never installed, so that neither
# libc nor apt's sources change), and Binaryen, which Debian builds against a newer libc only, from npm. All but LLVM
# lives in one folder; delete it to start afresh.
#
# The first run takes one to two minutes, most of it to build the C and C++ runtimes, 110 MB of downloads and 550 MB of
# disk, 370 of them for LLVM. Progress goes to stderr.
#
# EM_TOOLCHAIN_DIR  the folder; default ~/.cache/em-toolchain (or below XDG_CACHE_HOME).
# EM_SUITES         Debian suites to take Emscripten from, first that works; default "forky trixie".
set -euo pipefail

minimum=3.1.69
dir=${EM_TOOLCHAIN_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/em-toolchain}
bin=$dir/usr/share/emscripten
export DEBIAN_FRONTEND=noninteractive

say() { echo "[toolchain] $*" >&2; }

recent() { # Is the version of em++ $1 at least $minimum?
  local found
  found=$("$1" --version 2> /dev/null | grep -oEm1 '[0-9]+\.[0-9]+\.[0-9]+') || return 1
  printf '%s\n' "$minimum" "$found" | sort -CV
}

# "ready" holds the LLVM version, which lives outside of the folder and may have gone since.
ready() { [ -e "$dir/ready" ] && command -v "clang-$(cat "$dir/ready")" "wasm-ld-$(cat "$dir/ready")" > /dev/null; }

apt_get() { apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"; }

install_llvm() { # Version $1; fails when this Debian has no such version.
  apt-cache show "clang-$1" > /dev/null 2>&1 || return 1
  say "installing LLVM $1"
  apt_get install -y --no-install-recommends "clang-$1" "lld-$1" "llvm-$1" > /dev/null
}

# Downloads emscripten's .deb of the Debian suite $1 into the current folder, with apt lists of its own.
download_emscripten() {
  mkdir -p apt/lists/partial
  local mirror # The one that this machine already uses.
  mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' 'Created-By: Packages' | head -n1)
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $1 main" > apt/sources
  local own=(-o Dir::Etc::SourceList="$PWD/apt/sources" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$PWD/apt/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false) # A mirror may lag behind.
  apt_get "${own[@]}" update
  apt_get "${own[@]}" download emscripten
}

# Installs the suite $1 into the empty folder $dir.
install_from() {
  cd "$dir"
  say "downloading Emscripten's scripts (Debian $1)"
  download_emscripten "$1"
  # The prebuilt runtimes of some suites are 1.5 GB; the few that are used get built on demand.
  dpkg-deb --fsys-tarfile emscripten_*.deb | tar x --exclude='./usr/share/emscripten/cache' --exclude=./usr/share/doc
  rm -r emscripten_*.deb apt

  local llvm binaryen v
  llvm=$(sed -n 's/^EXPECTED_LLVM_VERSION = //p' "$bin/tools/shared.py")
  binaryen=$(sed -n 's/^EXPECTED_BINARYEN_VERSION = //p' "$bin/tools/building.py")
  for v in "$llvm" $((llvm + 1)) $((llvm - 1)); do
    install_llvm "$v" && llvm=$v && break
  done
  say "installing Binaryen $binaryen"
  # Found by the scripts in usr/share/emscripten because node looks in every parent folder.
  npm install --silent --no-audit --no-fund --prefix . "binaryen@$binaryen" acorn@8 acorn-import-phases@1 >&2

  # wasm-ld 22 puts the stack first unless told otherwise; a Debian emscripten meant for 21 tells nothing.
  if "wasm-ld-$llvm" --help | grep -q -e --no-stack-first && ! grep -q -e --no-stack-first "$bin/tools/building.py"; then
    sed -i "s/^    cmd.append('--stack-first')$/&\n  else:\n    cmd.append('--no-stack-first')/" "$bin/tools/building.py"
  fi
  sed -i "s/^\(EXPECTED_LLVM_VERSION =\).*/\1 $llvm/" "$bin/tools/shared.py"
  cat > "$bin/.emscripten" <<-END
	import shutil
	LLVM_ROOT = '/usr/bin'
	LLVM_ADD_VERSION = CLANG_ADD_VERSION = '$llvm'
	BINARYEN_ROOT = '$dir/node_modules/binaryen'
	NODE_JS = shutil.which('node')
	CLOSURE_COMPILER = shutil.which('google-closure-compiler')
	CACHE = '$dir/cache'
	END
  say "building the C and C++ runtimes, about a minute"
  echo 'int main() {}' > ok.cpp # Proves the whole chain.
  "$bin/em++" -O2 -sWASM_BIGINT ok.cpp -o ok.mjs 2> runtimes.log || { tail -n 20 runtimes.log >&2; return 1; }
  node ok.mjs
  echo "$llvm" > ready
}

if found=$(command -v em++) && recent "$found"; then dirname "$found"; exit; fi
if ready; then echo "$bin"; exit; fi
codename=$(. /etc/os-release 2> /dev/null && echo "${VERSION_CODENAME:-}" || true)
if [ "$codename" != bookworm ] || [ "$(id -u)" != 0 ]; then
  say "put an em++ >= $minimum on PATH: emsdk's (https://emscripten.org/docs/getting_started), brew install emscripten," \
    "or on Debian 13 apt-get install emscripten; as root on Debian 12 this script installs one by itself"
  exit 1
fi

exec 3>&1 >&2 # From here on everything is a log, except the answer.
mkdir -p "$dir"
exec 9> "$dir.lock" # One installation at a time; whoever waited finds it done.
flock 9
if ! ready; then
  # Without package lists, as in a fresh container, or with lists that do not name LLVM yet.
  if ! apt-cache show clang-22 > /dev/null 2>&1; then say "apt-get update"; apt_get update; fi
  if [ -e "$dir/ready" ]; then # Only LLVM has gone.
    install_llvm "$(cat "$dir/ready")"
  else
    # forky has the newer Emscripten but moves; trixie's is frozen. Whichever works first is kept.
    for suite in ${EM_SUITES:-forky trixie}; do
      rm -rf "$dir" && mkdir -p "$dir"
      install_from "$suite" & # In the background, where a failing line ends it: an "if" would hide that.
      if wait $!; then break; fi
      say "no working Emscripten from Debian $suite"
    done
  fi
fi
ready || { say "no working Emscripten could be installed; put an em++ >= $minimum on PATH"; exit 1; }
echo "$bin" >&3
