#!/bin/sh
set -eu
cd "$(dirname "$0")/../.."
. infra/dev/prepare.sh
# exec: signals reach the program itself, and no shell stays in memory.
exec node infra/dev/faults.ts "$@"
