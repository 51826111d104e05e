#!/usr/bin/env bash
# Stands for sops: what it encrypts is only not readable as it is. $BROKEN makes it lose the last line.
set -euo pipefail
case "$*" in
  "--encrypt --age age1"*" --input-type dotenv --output-type yaml /dev/stdin") base64 | sed "${BROKEN:+\$d}" ;;
  "--decrypt --input-type yaml --output-type dotenv "*) base64 -d <"${*: -1}" ;;
  *) exit 2 ;;
esac
