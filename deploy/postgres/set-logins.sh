#!/usr/bin/env bash
# Usage: set-logins.sh
#
# Makes PostgreSQL's logins, or gives them the passwords that the secrets have now; run it as often as you like. The official
# image runs it when it makes its cluster. By hand:
#
#   docker compose exec postgres bash /docker-entrypoint-initdb.d/10-set-logins.sh
#
# One login per role, so that no query of a tool call can become the system by SET ROLE:
#
#   wamcp_owner_login      owns the database and its tables, for migrations
#   wamcp_system_login     webhooks, functions, the admin
#   wamcp_client_login     tool calls, which row-level security confines
#   wamcp_archiver_login   may take old rows out of the audit log
#
# Environment: POSTGRES_DB (wamcp), POSTGRES_USER (postgres, a superuser), LOGIN_SECRETS_DIR (/run/secrets).

# The entry point reads files that are not executable into its own shell: nothing here may change that.
set_logins() (
  set -euo pipefail
  make_roles
  # A lock or an open transaction that somebody forgot would hold up everybody.
  set_login owner "" ""
  set_login system 5min 1min
  set_login client 30s 30s
  # It writes a file before it commits.
  set_login archiver 30min 30min
  set_database
  echo "set-logins: four logins are ready"
)

run_sql() {
  psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 \
    --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-wamcp}"
}

# The three that migrations give rights to; nobody logs in as one of them.
make_roles() {
  run_sql <<'SQL'
SELECT format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', name)
FROM unnest(ARRAY['wamcp_client', 'wamcp_system', 'wamcp_archiver']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SQL
}

# set_login NAME STATEMENT_TIMEOUT IDLE_IN_TRANSACTION_TIMEOUT
set_login() {
  local password
  password=$(<"${LOGIN_SECRETS_DIR:-/run/secrets}/database-$1-password")
  [[ $password =~ ^[A-Za-z0-9._~-]{16,}$ ]] || {
    echo "set-logins: database-$1-password must have at least 16 characters that need no escape in a URL" >&2
    return 1
  }
  # In the environment of psql, where no list of processes shows it.
  LOGIN=wamcp_$1_login PASSWORD=$password ROLES=$(list_roles "$1") \
    STATEMENT_TIMEOUT=$2 IDLE_TIMEOUT=$3 run_sql <<'SQL'
\getenv login LOGIN
\getenv password PASSWORD
\getenv roles ROLES
\getenv statement_timeout STATEMENT_TIMEOUT
\getenv idle_timeout IDLE_TIMEOUT
-- The server's log must not have the password, not even when this fails.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET client_min_messages = 'warning';
SELECT format('CREATE ROLE %I', :'login')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \gexec
ALTER ROLE :"login" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
-- Members of theirs and of nothing else. Inherited, because migrations replace functions that belong to wamcp_system.
SELECT format('REVOKE %I FROM %I', r.rolname, :'login')
FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
WHERE m.member = (SELECT oid FROM pg_roles WHERE rolname = :'login')
  AND r.rolname <> ALL (string_to_array(:'roles', ' ')) \gexec
SELECT format('GRANT %I TO %I WITH SET TRUE, INHERIT TRUE', name, :'login')
FROM unnest(string_to_array(:'roles', ' ')) AS name \gexec
SELECT format('ALTER ROLE %I SET statement_timeout = %L', :'login', :'statement_timeout')
WHERE :'statement_timeout' <> '' \gexec
SELECT format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %L', :'login', :'idle_timeout')
WHERE :'idle_timeout' <> '' \gexec
SQL
}

list_roles() {
  case $1 in
    owner) echo "wamcp_client wamcp_system wamcp_archiver" ;;
    *) echo "wamcp_$1" ;;
  esac
}

# Nobody else may connect. The database's owner also owns its schema public.
set_database() {
  run_sql <<'SQL'
SELECT format('ALTER DATABASE %I OWNER TO wamcp_owner_login', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), name)
FROM unnest(ARRAY['wamcp_system_login', 'wamcp_client_login', 'wamcp_archiver_login']) AS name \gexec
SQL
}

set_logins
