/**
 * A program that starts PostgreSQL, writes `{ "pid", "url" }` as one line to stdout and holds the server until
 * it is killed. Its argument is the options of `startPostgres` as JSON.
 */
import { startPostgres, type StartPostgresOptions } from "#dev/postgres/start-postgres";

async function hold(): Promise<void> {
  const server = await startPostgres(JSON.parse(process.argv[2] ?? "{}") as StartPostgresOptions);
  process.stdout.write(`${JSON.stringify({ pid: server.pid, url: server.url() })}\n`);
  setInterval(() => {}, 60_000);
}

void hold();
