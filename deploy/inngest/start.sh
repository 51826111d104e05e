#!/bin/sh
# Runs a self-hosted Inngest; the command of the Compose service inngest. Inngest takes its keys from the environment only, and
# there they would show in `docker inspect`: so they are read from the secrets' files here.
set -eu

read_secret() {
  cat "${SECRETS_DIR:-/run/secrets}/$1"
}

INNGEST_EVENT_KEY=$(read_secret inngest-event-key)
# Hexadecimal, and nothing before it: `inngest start` refuses "signkey-prod-".
INNGEST_SIGNING_KEY=$(read_secret inngest-signing-key)
INNGEST_POSTGRES_URI=$(read_secret inngest-database-url)
export INNGEST_EVENT_KEY INNGEST_SIGNING_KEY INNGEST_POSTGRES_URI
exec inngest start
