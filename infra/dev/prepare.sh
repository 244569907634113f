# Sourced by the other scripts: brings the packages, among them the right Node, and puts them first on PATH. POSIX sh and
# any Node with npm are all it needs.

say() {
  printf 'wag | %s\n' "$*"
}

fail() {
  printf 'wag | %s\n' "$*" >&2
  exit 1
}

# pnpm and npm keep caches at home; where there is no home to write to, they get one that goes with node_modules.
install_packages() {
  pnpm=$(sed -n 's/.*"packageManager": "\(pnpm@[^"]*\)".*/\1/p' package.json)
  say "installing packages with $pnpm (the first time takes a while)"
  mkdir -p node_modules/.cache/wag || return 1
  (
    if [ ! -d "${HOME:-}" ] || [ ! -w "${HOME:-}" ]; then
      HOME=$PWD/node_modules/.cache/home
      mkdir -p "$HOME"
      export HOME
      unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME npm_config_cache
    fi
    # CI: never ask, there may be nobody to answer. pm-on-fail: the lockfile need not also name pnpm itself.
    CI=true npx -y "$pnpm" install --frozen-lockfile --pm-on-fail=ignore </dev/null
  ) || return 1
  rm -rf node_modules/.cache/wag/compiled
  cp pnpm-lock.yaml "$installed"
}

installed=node_modules/.cache/wag/installed.yaml
if ! cmp -s pnpm-lock.yaml "$installed"; then
  command -v npx >/dev/null 2>&1 || fail 'npm is missing: install Node 20 or newer together with npm.'
  install_packages || fail 'the packages could not be installed: the lines above say why.'
fi

PATH=$PWD/node_modules/.bin:$PATH
export PATH
major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
[ "$major" -ge 24 ] || fail "Node 24 is needed and none comes with us for $(uname -sm): install it and run this again."

# Node keeps compiled and type-stripped code here: later starts are faster and smaller.
NODE_COMPILE_CACHE=$PWD/node_modules/.cache/wag/compiled
export NODE_COMPILE_CACHE
