#!/usr/bin/env bash
# Usage: install.sh [--dry-run] [--point-in-time]
#
# Makes an Ubuntu host (22.04 or 24.04) ready for the server: packages, user, folders, age key, firewall, unattended upgrades, systemd
# units. Run it as root, from /opt/whatsapp-mcp, as often as you like: what is as it should be is left alone.
#
#   --dry-run         says what it would do, and changes nothing
#   --point-in-time   also starts the timers of point-in-time recovery (docs/operations/backups.md)
#
# Environment: WAMCP_POSTGRES_UID (70), PostgreSQL's user in its container; WAMCP_ROOT, a folder to use instead of /, for trying.
set -euo pipefail
shopt -s inherit_errexit

SOURCE=$(dirname "$(dirname "$(readlink -f "$0")")")
# shellcheck source=common.sh
. "$SOURCE/deploy/common.sh"

ROOT=${WAMCP_ROOT:-}
HOME_DIR=/opt/whatsapp-mcp
HOME_CONFIG=/etc/whatsapp-mcp
CONFIG_DIR=$ROOT$HOME_CONFIG
PACKAGES=(age ca-certificates curl rclone rsync ufw unattended-upgrades zstd)
UNITS=(whatsapp-mcp-secrets.service whatsapp-mcp.service whatsapp-mcp-backup.timer whatsapp-mcp-certificate.timer)
# The number of the user in the image (Dockerfile).
APP_UID=10001
DRY_RUN=
CHANGES=0

main() {
  while (($# > 0)); do
    case $1 in
      -h | --help) show_help; exit ;;
      --dry-run) DRY_RUN=1 ;;
      --point-in-time) UNITS+=(whatsapp-mcp-wal.timer whatsapp-mcp-base-backup.timer) ;;
      *) fail "unknown argument $1; see --help" ;;
    esac
    shift
  done
  check_host
  install_packages
  make_user
  make_folders
  make_keys
  make_settings
  set_firewall
  set_host
  install_units
  if [[ -n $DRY_RUN ]]; then echo "$CHANGES changes would be made; nothing was changed"
  else echo "$CHANGES changes were made"
  fi
  tell_next
}

# act WHAT COMMAND...: says what is done, and does it unless this is a dry run.
act() {
  local what=$1
  shift
  CHANGES=$((CHANGES + 1))
  if [[ -n $DRY_RUN ]]; then echo "would $what"
  else
    echo "$what"
    "$@"
  fi
}

check_host() {
  local ID='' VERSION_ID='' PRETTY_NAME=''
  # shellcheck source=/dev/null
  . /etc/os-release
  case $ID-$VERSION_ID in
    ubuntu-22.04 | ubuntu-24.04) ;;
    *) echo "install.sh: made for Ubuntu 22.04 and 24.04; this is ${PRETTY_NAME:-unknown}" >&2 ;;
  esac
  [[ -n $DRY_RUN ]] && return
  [[ $EUID == 0 ]] || fail "must run as root: sudo $0"
  [[ -n $ROOT || $SOURCE == "$HOME_DIR" ]] || fail "the product must be in $HOME_DIR, where the units look for it; it is in $SOURCE"
}

install_packages() {
  local package missing=()
  for package in "${PACKAGES[@]}"; do
    is_installed "$package" || missing+=("$package")
  done
  # Docker's own packages serve as well, where somebody has installed them.
  docker compose version >/dev/null 2>&1 || missing+=(docker.io docker-compose-v2)
  # Compose builds the image with it, and docker.io only recommends it.
  docker buildx version >/dev/null 2>&1 || missing+=(docker-buildx)
  ((${#missing[@]} > 0)) || return 0
  act "update the lists of packages" apt-get update -qq
  act "install ${missing[*]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Nobody logs in as it: it gives a name to whom the files of the containers belong.
make_user() {
  getent group "$APP_UID" >/dev/null || act "make the group wamcp ($APP_UID)" groupadd --gid "$APP_UID" wamcp
  getent passwd "$APP_UID" >/dev/null || act "make the user wamcp ($APP_UID)" useradd --uid "$APP_UID" --gid "$APP_UID" \
    --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin wamcp
}

make_folders() {
  ensure_folder "$CONFIG_DIR" 700 0 0
  # The doctor, in a container, looks how old the newest backup is.
  ensure_folder "$ROOT/var/backups/whatsapp-mcp" 750 0 "$APP_UID"
  ensure_folder "$ROOT/var/lib/whatsapp-mcp" 755 0 0
  ensure_folder "$ROOT/var/lib/whatsapp-mcp/wal" 700 "${WAMCP_POSTGRES_UID:-70}" 0
}

# ensure_folder PATH MODE UID GID
ensure_folder() {
  [[ $(stat -c '%a %u %g' "$1" 2>/dev/null) == "$2 $3 $4" ]] ||
    act "make the folder $1 (mode $2, user $3, group $4)" install -d -m "$2" -o "$3" -g "$4" "$1"
}

# ensure_file PATH MODE: the content comes on stdin.
ensure_file() {
  local content
  content=$(cat)
  [[ -f $1 && $(<"$1") == "$content" && $(stat -c %a "$1") == "$2" ]] || act "write $1" write_file "$1" "$2" "$content"
}

write_file() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$3" >"$1.new"
  chmod "$2" "$1.new"
  mv "$1.new" "$1"
}

make_keys() {
  if [[ ! -e $CONFIG_DIR/age.key ]]; then act "make the host's age key $CONFIG_DIR/age.key" make_age_key
  elif [[ $(stat -c %a "$CONFIG_DIR/age.key") != 600 ]]; then act "close $CONFIG_DIR/age.key to others" chmod 600 "$CONFIG_DIR/age.key"
  fi
}

make_age_key() {
  (umask 077 && age-keygen --output "$CONFIG_DIR/age.key" 2>/dev/null)
  # The owner's public key is added below it.
  age-keygen -y "$CONFIG_DIR/age.key" >>"$CONFIG_DIR/recipients.txt"
  echo "the host's public key: $(age-keygen -y "$CONFIG_DIR/age.key")"
}

# What belongs to this host; an existing file is the owner's, and only what is missing is added.
make_settings() {
  local env=$ROOT$HOME_DIR/.env
  [[ -f $env ]] || act "begin $env" write_file "$env" 600 \
    "$(printf '%s\n' '# docs/operations/deploy.md says what belongs here.' PUBLIC_URL= DOMAIN= ACME_EMAIL=)"
  grep -qs '^COMPOSE_FILE=' "$env" ||
    act "name the Compose files in $env" add_line "$env" COMPOSE_FILE=docker-compose.yml:docker-compose.prod.yml
  [[ -f $CONFIG_DIR/backup.env ]] || act "begin $CONFIG_DIR/backup.env" write_file "$CONFIG_DIR/backup.env" 600 \
    "$(printf '%s\n' '# Settings of deploy/backup (backup --help). Without BACKUP_REMOTE backups are lost with this host.' BACKUP_REMOTE= \
      BACKUP_KEEP_DAILY=14 BACKUP_KEEP_WEEKLY=8 "RCLONE_CONFIG=$HOME_CONFIG/rclone.conf" \
      "# RSYNC_RSH='ssh -i $HOME_CONFIG/backup-ssh-key -o UserKnownHostsFile=$HOME_CONFIG/known_hosts'")"
}

add_line() {
  printf '%s\n' "$2" >>"$1"
}

# Docker goes past ufw for ports that it publishes: those are 80 and 443, of nginx, and nothing else.
set_firewall() {
  local port rules status
  rules=$(ufw show added 2>/dev/null || true)
  status=$(ufw status 2>/dev/null || true)
  for port in $(ssh_ports) 80 443; do
    grep -q "allow $port/tcp\$" <<<"$rules" || act "let port $port in" ufw allow "$port/tcp"
  done
  [[ $status == *"Status: active"* ]] || act "close every other port" enable_firewall
}

# Where sshd listens, or the owner is locked out.
ssh_ports() {
  local ports
  ports=$(sshd -T 2>/dev/null | awk '$1 == "port" { print $2 }') || true
  echo "${ports:-22}"
}

enable_firewall() {
  ufw default deny incoming
  ufw default allow outgoing
  ufw --force enable
}

set_host() {
  ensure_file "$ROOT/etc/apt/apt.conf.d/52whatsapp-mcp" 644 <<'END'
// Security updates every night; a restart that one needs, before the day begins. The stack comes back by itself.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "04:30";
END
  # Logs of containers are Docker's, and rotated there (docker-compose.yml); the rest is the journal's.
  ensure_file "$ROOT/etc/systemd/journald.conf.d/60-whatsapp-mcp.conf" 644 <<'END'
[Journal]
SystemMaxUse=1G
MaxRetentionSec=3month
END
  ensure_file "$ROOT/etc/sysctl.d/60-whatsapp-mcp.conf" 644 <<'END'
# After a kernel panic the host starts again instead of standing still.
kernel.panic = 10
END
  [[ $(sysctl -n kernel.panic 2>/dev/null) == 10 ]] ||
    act "use the kernel settings" sysctl -q -p "$ROOT/etc/sysctl.d/60-whatsapp-mcp.conf"
}

install_units() {
  local unit before changed=' '
  for unit in "$SOURCE"/deploy/systemd/*.service "$SOURCE"/deploy/systemd/*.timer; do
    before=$CHANGES
    ensure_file "$ROOT/etc/systemd/system/${unit##*/}" 644 <"$unit"
    ((CHANGES == before)) || changed+="${unit##*/} "
  done
  [[ $changed == ' ' ]] || act "have systemd read the units" systemctl daemon-reload
  for unit in "${UNITS[@]}"; do
    if ! systemctl is-enabled --quiet "$unit" 2>/dev/null; then act "enable $unit" systemctl enable --quiet "$unit"
    # By what its new [Install] section says.
    elif [[ $changed == *" $unit "* ]]; then act "enable $unit anew" systemctl reenable --quiet "$unit"
    fi
    [[ $unit != *.timer ]] || systemctl is-active --quiet "$unit" 2>/dev/null || act "start $unit" systemctl start "$unit"
  done
}

tell_next() {
  [[ -n $DRY_RUN ]] && return
  [[ -s $CONFIG_DIR/backup-recipients.txt ]] || cat <<END

On a machine of yours, not on this one, make the key that opens backups, and keep it safe:
  age-keygen -o whatsapp-mcp-owner.key
Put its public key (age1...) into both files here; the second makes the secrets readable for you too:
  $CONFIG_DIR/backup-recipients.txt
  $CONFIG_DIR/recipients.txt
END
  [[ -e $CONFIG_DIR/secrets.age || -e $CONFIG_DIR/secrets.enc.yaml ]] || cat <<END

Then the secrets (docs/operations/secrets.md):
  $HOME_DIR/deploy/secrets/secrets generate
END
  return 0
}

main "$@"
