import type { Database } from "#db/client";
import { selectNumbers } from "#server/utils/admin/numbers/store";
import type { Config } from "#server/utils/config";
import { inspectToken } from "#server/utils/meta/inspect-token";
import { readGraph } from "#server/utils/meta/read-graph";
import type { GraphFacts } from "./graph-facts";

const TIMEOUT_MS = 4_000;
const NUMBER_FIELDS = [
  "status",
  "platform_type",
  "name_status",
  "quality_rating",
  "health_status",
  "webhook_configuration",
].join(",");

/** Asks Meta and remembers what it said. */
export function createGraphFacts(config: Config, database: Database): GraphFacts {
  const address = { ...config.graph, timeoutMs: TIMEOUT_MS };
  const { accessToken } = config.meta;
  return {
    token: once(() => inspectToken(address, accessToken)),
    numbers: once(async () => {
      const rows = await selectNumbers(database.system);
      return rows.filter(({ disabledAt }) => disabledAt === null);
    }),
    describeNumber: oncePer((id) => readGraph(address, id, { fields: NUMBER_FIELDS }, accessToken)),
    listSubscribedApps: oncePer((id) => readGraph(address, `${id}/subscribed_apps`, {}, accessToken)),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}

function oncePer<T>(ask: (id: string) => Promise<T>): (id: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (id) => {
    const known = answers.get(id) ?? ask(id);
    answers.set(id, known);
    return known;
  };
}
