import { openDatabase } from "#db/client";
import { mintApiKey } from "#server/utils/admin/keys/mint-api-key";
import { systemClock } from "#server/utils/clock";
import type { BenchStack } from "../open-bench-stack";

// Counted like any other limit, and never met: what is measured is the counting.
const RPM_LIMIT = 10_000_000;

/** Mints keys of the owner that may make as many calls as they like. */
export async function mintBenchKeys(
  { databaseUrl, secrets }: Pick<BenchStack, "databaseUrl" | "secrets">,
  count: number,
): Promise<string[]> {
  const database = openDatabase({ url: databaseUrl, maxConnections: 1 });
  const peppers = { current: { version: 1, secret: secrets.pepper } };
  const ctx = { database, clock: systemClock, peppers };
  try {
    const tokens: string[] = [];
    while (tokens.length < count) {
      const label = `bench ${tokens.length + 1}`;
      const { token } = await mintApiKey(ctx, {
        clientId: "owner",
        label,
        mode: "test",
        rpmLimit: RPM_LIMIT,
      });
      tokens.push(token);
    }
    return tokens;
  } finally {
    await database.close();
  }
}
