import type { Database, Transaction } from "#db/client";

/** A database that remembers what was asked of it. Background work needs another, or it is remembered too. */
export interface StatementRecorder {
  readonly database: Database;
  /** The statements since the last time, in their order, without their parameters. */
  take(): string[];
}

/** What drizzle keeps behind a connection or a transaction, and tells of every statement that it runs. */
interface Session {
  logger: { logQuery(query: string): void };
}

/**
 * Writes down every statement that runs over a database. The same statements for two questions are what stands for the same
 * time here: unlike time, they can be compared exactly.
 */
export function recordStatements(database: Database): StatementRecorder {
  const statements: string[] = [];
  const watch = (tx: Transaction, role: string): Transaction => {
    const { session } = tx as unknown as { session?: Session };
    if (!session?.logger) throw new Error("drizzle has no session with a logger here any more");
    session.logger = { logQuery: (query) => void statements.push(`${role}: ${query}`) };
    return tx;
  };
  return {
    database: {
      ...database,
      system: watch(database.system, "system"),
      asSystem: (work) => database.asSystem((tx) => work(watch(tx, "as system"))),
      asClient: (clientId, work) => database.asClient(clientId, (tx) => work(watch(tx, "as client"))),
    },
    take: () => statements.splice(0),
  };
}
