import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

const JournalSchema = v.object({ entries: v.pipe(v.array(v.object({ when: v.number() })), v.minLength(1)) });

/**
 * When the newest migration in a folder was made, which is what the database keeps of it.
 *
 * @throws when the folder has no journal
 */
export async function readNewestMigration(migrationsDir: string): Promise<number> {
  const text = await readFile(join(migrationsDir, "meta/_journal.json"), "utf8");
  return Math.max(...v.parse(JournalSchema, JSON.parse(text)).entries.map(({ when }) => when));
}
