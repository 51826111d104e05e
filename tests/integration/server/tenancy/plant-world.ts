import { openDatabase } from "#db/client";
import { addNumber } from "#server/utils/admin/numbers/add-number";
import { createClient } from "#server/utils/admin/clients/create-client";
import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { newId } from "#server/utils/ids";
import { catalogue } from "#server/utils/mcp/catalogue";
import { createSurface } from "#server/utils/mcp/create-surface";
import { createLegacySessions, type LegacySessions } from "#server/utils/mcp/legacy/create-legacy-sessions";
import { createTestContext, type TestContext } from "#tests/helpers/server/create-test-context";
import { recordStatements, type StatementRecorder } from "#tests/helpers/server/record-statements";
import { adminOf, mintKey, type SeededNumber, type Tenant } from "#tests/helpers/server/seed-tenants";
import { canaryOf } from "./canary-of";
import { converse } from "./converse";
import type { IdKind } from "./id-properties";
import { listSecrets } from "./list-secrets";
import { keepAsPlanted } from "./planted-state";

export type PartyName = "ann" | "bob";

/** How two clients are placed: each on a number of its own, or both on one besides. */
export type Constellation = "disjoint" | "shared";

/** A client with one conversation, and everything that is its own and nobody else's. */
export interface Party extends Tenant {
  readonly name: PartyName;
  /** The number on which it converses. */
  readonly number: SeededNumber;
  /** What names something of it, by kind. The number is one that the other party does not have. */
  readonly ids: Readonly<Record<IdKind, string>>;
  /** Ids, numbers, names and words that must never reach the other party. */
  readonly secrets: readonly string[];
}

/** Two clients that must not know of each other, and the owner, who gets messages from strangers. */
export interface World {
  readonly ctx: TestContext;
  readonly sessions: LegacySessions;
  /** Connections for the calls that are compared, and for nothing else. */
  readonly recorder: StatementRecorder;
  readonly owner: Tenant;
  readonly ann: Party;
  readonly bob: Party;
  close(): Promise<void>;
}

type Numbers = Readonly<Record<PartyName | "shared", SeededNumber>>;

const META_IDS = { ann: "310000000000101", bob: "320000000000102", shared: "330000000000103" } as const;

/** Opens a database with two clients in it that have written and been answered, each with a person of its own. */
export async function plantWorld(constellation: Constellation): Promise<World> {
  const ctx = await createTestContext();
  const sessions = createLegacySessions(ctx.system, createSurface(ctx.system));
  const recorder = recordStatements(openDatabase({ url: ctx.url, maxConnections: 2 }));
  const owner = await createClient(adminOf(ctx), {
    name: canaryOf("owner"),
    displayName: canaryOf("owner"),
    isOwner: true,
  });
  const numbers: Numbers = {
    ann: await plantNumber(ctx, "ann", owner),
    bob: await plantNumber(ctx, "bob", owner),
    shared: await plantNumber(ctx, "shared", owner),
  };
  for (const { id } of Object.values(numbers)) {
    await grantNumber(adminOf(ctx), { clientId: owner, phoneNumberId: id });
  }
  await plantTemplate(ctx);
  const ann = await plantParty(ctx, sessions, "ann", { constellation, numbers });
  const bob = await plantParty(ctx, sessions, "bob", { constellation, numbers });
  await keepAsPlanted(ctx);
  return {
    ctx,
    sessions,
    recorder,
    owner: await mintKey(ctx, owner, ["tools:*", "numbers:*"]),
    ann,
    bob,
    async close() {
      await sessions.close();
      await recorder.database.close();
      await ctx.close();
    },
  };
}

// Of the account that all numbers are of, by the name that derive-arguments.ts makes up.
async function plantTemplate({ sql }: TestContext): Promise<void> {
  await sql`
    insert into templates (id, waba_id, wa_template_id, name, language, category, status, components, synced_at)
    values (${newId()}, '900', '1', 'x', 'x', 'UTILITY', 'APPROVED', '[{"type": "HEADER", "format": "IMAGE"}]', now())`;
}

async function plantNumber(ctx: TestContext, name: keyof Numbers, owner: string): Promise<SeededNumber> {
  const waPhoneNumberId = META_IDS[name];
  const id = await addNumber(adminOf(ctx), {
    waPhoneNumberId,
    wabaId: "900",
    displayNumber: `+${waPhoneNumberId}`,
    label: `${canaryOf(name)} number`,
    defaultClientId: owner,
  });
  return { id, waPhoneNumberId };
}

async function plantParty(
  ctx: TestContext,
  sessions: LegacySessions,
  name: PartyName,
  { constellation, numbers }: { constellation: Constellation; numbers: Numbers },
): Promise<Party> {
  const admin = adminOf(ctx);
  const displayName = `${canaryOf(name)} Ltd`;
  const clientId = await createClient(admin, { name: canaryOf(name), displayName, isOwner: false });
  const isShared = constellation === "shared";
  const granted = isShared ? [numbers[name], numbers.shared] : [numbers[name]];
  for (const { id } of granted) {
    await grantNumber(admin, { clientId, phoneNumberId: id, recipientPolicy: "anyone" });
  }
  const scopes = [
    ...catalogue.names().map((tool) => `tools:${tool}`),
    ...granted.map(({ waPhoneNumberId }) => `numbers:${waPhoneNumberId}`),
  ];
  const tenant = await mintKey(ctx, clientId, scopes);
  const number = isShared ? numbers.shared : numbers[name];
  const talk = await converse(ctx, sessions, name, { tenant, number });
  const ids = { ...talk, number: numbers[name].waPhoneNumberId };
  return {
    ...tenant,
    name,
    number,
    ids,
    secrets: await listSecrets(ctx, { name, clientId, ids }, numbers[name]),
  };
}
