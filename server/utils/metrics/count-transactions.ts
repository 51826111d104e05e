import { Gauge, type Registry } from "prom-client";
import type { Database } from "#db/client";

/** The same database, whose transactions under way are counted. */
export function countTransactions(database: Database, registry: Registry): Database {
  const gauge = new Gauge({
    name: "wamcp_database_transactions",
    help: "Transactions of this process, by role, that are under way or wait for a connection; system and client have 10 each",
    labelNames: ["role"],
    registers: [registry],
  });
  const during = async <T>(role: "system" | "client" | "archiver", work: () => Promise<T>): Promise<T> => {
    gauge.inc({ role });
    try {
      return await work();
    } finally {
      gauge.dec({ role });
    }
  };
  for (const role of ["system", "client", "archiver"]) gauge.set({ role }, 0);
  return {
    ...database,
    asSystem: (work) => during("system", () => database.asSystem(work)),
    asClient: (clientId, work) => during("client", () => database.asClient(clientId, work)),
    asArchiver: (work) => during("archiver", () => database.asArchiver(work)),
  };
}
