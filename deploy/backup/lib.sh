# Sourced by the scripts beside it: settings, where the database is, and what they share.
# shellcheck shell=bash
# Variables are used by who sources this.
# shellcheck disable=SC2034

CONFIG_DIR=${WAMCP_CONFIG_DIR:-/etc/whatsapp-mcp}
HERE=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

# shellcheck source=../common.sh
. "$HERE/../common.sh"

if [[ -r $CONFIG_DIR/backup.env ]]; then
  set -a
  # shellcheck source=/dev/null
  . "$CONFIG_DIR/backup.env"
  set +a
fi
BACKUP_DIR=${BACKUP_DIR:-/var/backups/whatsapp-mcp}
BACKUP_RECIPIENTS=${BACKUP_RECIPIENTS:-$CONFIG_DIR/backup-recipients.txt}
BACKUP_REMOTE=${BACKUP_REMOTE:-}
DATABASE_NAME=${BACKUP_DATABASE_NAME:-wamcp}
INSTALL_DIR=${WAMCP_INSTALL_DIR:-$(dirname "$(dirname "$HERE")")}
# The folders that hold files beside the database.
FOLDERS=(media audit)

say() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
}

compose() {
  docker compose --project-directory "$INSTALL_DIR" "$@"
}

# Runs one of PostgreSQL's programs: against BACKUP_DATABASE_URL, or else in the container, as its superuser.
pg() {
  local program=$1 database=$2 options='-c client_min_messages=warning'
  shift 2
  if [[ -n ${BACKUP_DATABASE_URL:-} ]]; then
    PGDATABASE=$database PGOPTIONS=$options "${PG_BIN:+$PG_BIN/}$program" "$@"
  else
    compose exec -T --env PGUSER=postgres --env PGDATABASE="$database" --env PGOPTIONS="$options" postgres "$program" "$@"
  fi
}

# What the URL says, as libpq's variables: as an argument everybody on the host could read the password.
use_database_url() {
  [[ -n ${BACKUP_DATABASE_URL:-} ]] || return 0
  local form='^postgres(ql)?://([^:@/]+)(:([^@/]*))?@([^:/?]+)(:([0-9]+))?/([^?]+)(\?sslmode=([a-z-]+))?$'
  [[ $BACKUP_DATABASE_URL =~ $form ]] ||
    fail "BACKUP_DATABASE_URL must look like postgres://user:password@host:port/database[?sslmode=...]"
  PGUSER=$(decode "${BASH_REMATCH[2]}")
  DATABASE_NAME=$(decode "${BASH_REMATCH[8]}")
  export PGUSER PGHOST=${BASH_REMATCH[5]} PGPORT=${BASH_REMATCH[7]:-5432}
  if [[ -n ${BASH_REMATCH[10]} ]]; then export PGSSLMODE=${BASH_REMATCH[10]}; fi
  PGPASSWORD=$(decode "${BASH_REMATCH[4]}")
  export PGPASSWORD
}

decode() {
  local text=${1//\\/\\\\}
  printf '%b' "${text//%/\\x}"
}

# Feeds the SQL on stdin to psql; unaligned rows, fields parted by tabs.
run_sql() {
  pg psql "$1" --no-psqlrc --quiet --tuples-only --no-align --field-separator=$'\t' --set=ON_ERROR_STOP=1 "${@:2}"
}

# Where a folder's files are: MEDIA_DIR or AUDIT_DIR, or else the volume that Compose made.
find_folder() {
  local variable=${1^^}_DIR
  if [[ -n ${!variable:-} ]]; then printf '%s\n' "${!variable}"
  elif [[ -z ${BACKUP_DATABASE_URL:-} ]]; then
    docker volume inspect --format '{{.Mountpoint}}' "${COMPOSE_PROJECT_NAME:-whatsapp-mcp}_$1" ||
      fail "the volume of $1 is not there; set $variable"
  else fail "set $variable to the folder that holds the files"
  fi
}

# Reads a tar archive and prints a line for each file: what it is, the SHA-256 of its bytes, its path.
hash_archive() {
  # shellcheck disable=SC2016 # tar gives it to a shell for each file.
  FOLDER=$1 tar --extract --file - --to-command \
    'hash=$(sha256sum) && printf "file\t%s\t%s\n" "${hash%% *}" "$FOLDER/${TAR_FILENAME#./}"'
}

# Opens a part of a backup; fails when it was changed or cut off, or is for another key.
open_part() {
  age --decrypt --identity "$IDENTITY" "$1" || fail "${1##*/} cannot be opened with this key, or was changed"
}

# Fails unless every part is as it was written. Needs no key.
check_parts() {
  [[ -d $1 && -f $1/SHA256SUMS ]] || fail "$1 is not a backup"
  local part
  for part in manifest database.dump "${FOLDERS[@]/%/.tar.zst}"; do
    grep -q "  $part.age\$" "$1/SHA256SUMS" || fail "$part.age is not in the backup's list"
  done
  (cd "$1" && sha256sum --check --quiet --strict SHA256SUMS) || fail "$1 is damaged: nothing was read from it"
}

# Prints the backup's SQL. A client newer than the server begins with a setting that the server does not know.
print_dump() {
  open_part "$1/database.dump.age" | "${PG_RESTORE[@]}" --file=- |
    sed '1,/^SELECT pg_catalog.set_config/{/^SET transaction_timeout = 0;$/d}'
}

# pg_restore reads a file and asks no server, so it needs no database.
choose_pg_restore() {
  if [[ -n ${BACKUP_DATABASE_URL:-} ]]; then PG_RESTORE=("${PG_BIN:+$PG_BIN/}pg_restore")
  else PG_RESTORE=(compose exec -T postgres pg_restore)
  fi
}

# The number of rows of each table and a sum over their contents, in the database or the transaction that psql is in.
TABLES_SQL=$(<"$HERE/tables.sql")

# Of a manifest: the files that the database names and the archive has not, or has with other bytes.
compare_known() {
  awk -F'\t' '
    $1 == "file" { have[$3] = $2 }
    $1 == "known" { known[$3] = $2 }
    END {
      for (path in known) {
        if (!(path in have)) print path " (missing)"
        else if (have[path] != known[path]) print path " (other bytes)"
      }
    }
  ' <<<"$1" | sort
}

# Copies a file or a folder to the same place below BACKUP_REMOTE, or to a folder there, and fails unless it has arrived.
copy_to_remote() {
  local target=${BACKUP_REMOTE#*:}${2:+/$2}
  case $BACKUP_REMOTE in
    '') return 0 ;;
    rclone:*) copy_by_rclone "$1" "$target" ;;
    rsync:*) need rsync && rsync --archive --checksum --mkpath "$1" "$target/" ;;
    *) say "BACKUP_REMOTE must begin with rclone: or rsync:"; return 1 ;;
  esac
}

copy_by_rclone() {
  need rclone
  if [[ -d $1 ]]; then rclone copy --checksum "$1" "$2/${1##*/}" && rclone check --one-way "$1" "$2/${1##*/}"
  else rclone copyto --checksum "$1" "$2/${1##*/}"
  fi
}
