import { sql } from "drizzle-orm";
import type { Transaction } from "#db/client";

/** PostgreSQL's version as a number: 160014 for 16.14. */
export async function readServerVersion(tx: Transaction): Promise<number> {
  const rows = await tx.execute<{ version: number }>(
    sql`select current_setting('server_version_num')::int as version`,
  );
  return rows[0]?.version ?? 0;
}

/** Tables whose row-level security is not on, or does not bind their owner. */
export async function selectUnforcedTables(tx: Transaction): Promise<string[]> {
  const rows = await tx.execute<{ name: string }>(sql`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and not (relrowsecurity and relforcerowsecurity)
    order by relname`);
  return rows.map(({ name }) => name);
}

/** The login of a connection, and what it may. */
export interface LoginRights {
  readonly isSuperuser: boolean;
  /** Row-level security does not bind it, or not always. */
  readonly bypassesRows: boolean;
  readonly maySystem: boolean;
  readonly mayArchive: boolean;
  readonly mayCreateRoles: boolean;
  /** It owns a table, and could take its policies away. */
  readonly ownsTables: boolean;
}

export async function readLoginRights(tx: Transaction): Promise<LoginRights | undefined> {
  const rows = await tx.execute<Record<keyof LoginRights, boolean>>(sql`
    select rolsuper as "isSuperuser", rolbypassrls as "bypassesRows", rolcreaterole as "mayCreateRoles",
      pg_has_role(session_user, 'wamcp_system', 'MEMBER') as "maySystem",
      pg_has_role(session_user, 'wamcp_archiver', 'MEMBER') as "mayArchive",
      exists (
        select from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and pg_has_role(session_user, relowner, 'MEMBER')
      ) as "ownsTables"
    from pg_roles where rolname = session_user`);
  return rows[0];
}

/** How many living keys there are, by the pepper in their hash. */
export async function countKeysByPepper(tx: Transaction): Promise<{ version: number; count: number }[]> {
  const rows = await tx.execute<{ version: number; count: number }>(sql`
    select pepper_version as version, count(*)::int as count from api_keys
    where revoked_at is null and (expires_at is null or expires_at > now())
    group by pepper_version order by pepper_version`);
  return [...rows];
}
