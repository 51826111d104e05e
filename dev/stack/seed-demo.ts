import { openDatabase } from "#db/client";
import { addNumber } from "#server/utils/admin/numbers/add-number";
import type { AdminContext } from "#server/utils/admin/admin-context";
import { createClient } from "#server/utils/admin/clients/create-client";
import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { mintApiKey } from "#server/utils/admin/keys/mint-api-key";
import { systemClock } from "#server/utils/clock";

export interface SeedOptions {
  readonly databaseUrl: string;
  readonly pepper: string;
  readonly waPhoneNumberId: string;
  readonly wabaId: string;
  readonly displayNumber: string;
}

/** Puts an owner, a number, a grant and a key into a migrated database. Returns the key. */
export async function seedDemo(options: SeedOptions): Promise<string> {
  const database = openDatabase({ url: options.databaseUrl, maxConnections: 1 });
  const peppers = { current: { version: 1, secret: options.pepper } };
  const ctx: AdminContext = { database, clock: systemClock, peppers };
  try {
    const clientId = await createClient(ctx, { name: "owner", displayName: "Owner", isOwner: true });
    const phoneNumberId = await addNumber(ctx, {
      waPhoneNumberId: options.waPhoneNumberId,
      wabaId: options.wabaId,
      displayNumber: options.displayNumber,
      label: "Demo number",
      defaultClientId: clientId,
    });
    await grantNumber(ctx, { clientId, phoneNumberId, visibility: "all", recipientPolicy: "anyone" });
    const { token } = await mintApiKey(ctx, {
      clientId,
      label: "demo",
      scopes: ["tools:*", "numbers:*"],
      mode: "test",
      // Whoever tries it out, or tests it, should not run into limits that are meant for clients.
      rpmLimit: 60_000,
      dailyMsgLimit: 1_000_000,
    });
    return token;
  } finally {
    await database.close();
  }
}
