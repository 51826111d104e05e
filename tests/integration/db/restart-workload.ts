/**
 * A program that works on a database without a pause and says on stdout, line by line in JSON, what it sees. Its argument
 * is the database's URL. It is a process of its own, because an error that escapes would end it.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { openDatabase } from "#db/client";
import { toAppError } from "#server/utils/errors";

const WORKERS = 20;

const say = (line: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

async function work(url: string): Promise<void> {
  const database = openDatabase({ url });
  let isUp = true;
  /** The codes that were reported since the database went away; there may be many failures. */
  const told = new Set<string>();
  const loop = async (): Promise<void> => {
    for (;;) {
      try {
        await database.asSystem(async (tx) => {
          // Three statements, so that the server goes away between them as well as in the middle of one.
          await tx.execute(sql`select pg_sleep(0.002)`);
          await tx.execute(sql`select ${"x".repeat(2000)}`);
          await tx.execute(sql`select count(*) from clients`);
        });
        if (!isUp) say({ event: "works again", at: Date.now() });
        if (!isUp) told.clear();
        isUp = true;
      } catch (error) {
        isUp = false;
        const { code } = toAppError(error);
        if (!told.has(code)) say({ event: "error", code });
        told.add(code);
        // Failures may come without any input or output between them, and those must go on.
        await nextTurn();
      }
    }
  };
  await database.listen(
    "restart_test",
    (payload) => say({ event: "notified", payload }),
    () => say({ event: "listening" }),
  );
  await Promise.all(Array.from({ length: WORKERS }, loop));
}

// Whoever writes to it learns by its answer which lines came before. What its sockets hold by then is read in the same turn
// of the event loop as the question, and comes first.
process.stdin.on("data", () => void nextTurn().then(() => say({ event: "asked" })));
// It ends with whoever started it, however that ended.
process.stdin.once("end", () => process.exit());
void work(process.argv[2] ?? "");
