import type { FunctionConfig } from "../types";
import type { Queryable } from "./database";

/** The functions an engine knows, as of one revision. */
export interface FunctionSet {
  revision: string;
  byId: ReadonlyMap<string, FunctionConfig>;
  active: readonly FunctionConfig[];
}

/** The number that changes with every registration. */
export async function readRevision(sql: Queryable): Promise<string> {
  const [row] = await sql<{ revision: string }[]>`select revision::text from meta`;
  return row?.revision ?? "0";
}

/** Read every function, archived ones too: their runs go on. */
export async function readFunctions(sql: Queryable): Promise<FunctionSet> {
  const revision = await readRevision(sql);
  const rows = await sql<{ config: string; archived: boolean }[]>`
    select config, archived from functions order by id`;
  const all = rows.map((row) => ({
    config: JSON.parse(row.config) as FunctionConfig,
    archived: row.archived,
  }));
  return {
    revision,
    byId: new Map(all.map(({ config }) => [config.id, config])),
    active: all.filter(({ archived }) => !archived).map(({ config }) => config),
  };
}

/**
 * Store what an app registered and archive what it no longer has.
 *
 * @returns false when nothing changed
 */
export async function writeFunctions(
  tx: Queryable,
  app: string,
  configs: readonly FunctionConfig[],
): Promise<boolean> {
  await tx`select revision from meta for update`;
  const ids = configs.map((config) => config.id);
  const texts = configs.map((config) => JSON.stringify(config));
  const written = await tx`
    insert into functions (id, app, config)
    select id, ${app}, config from unnest(${ids}::text[], ${texts}::text[]) as given (id, config)
    on conflict (id) do update set app = excluded.app, config = excluded.config, archived = false
    where (functions.app, functions.config, functions.archived)
      is distinct from (excluded.app, excluded.config, false)`;
  const archived = await tx`
    update functions set archived = true where app = ${app} and not archived and not (id = any (${ids}::text[]))`;
  if (written.count + archived.count === 0) return false;
  await tx`update meta set revision = revision + 1`;
  return true;
}
