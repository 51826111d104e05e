import { grantNumber } from "#server/utils/admin/grants/grant-number";
import { catalogue } from "#server/utils/mcp/catalogue";
import { adminOf, mintKey } from "#tests/helpers/server/seed-tenants";
import { converse } from "./converse";
import type { IdKind } from "./id-properties";
import { plantWorld, type Party, type World } from "./plant-world";
import { keepAsPlanted } from "./planted-state";

/** The kinds of ids that belong to a number, and not to the whole client. */
export const NUMBER_KINDS: readonly IdKind[] = [
  "number",
  "conversation",
  "contact",
  "phone",
  "wa_id",
  "bsuid",
  "message",
  "wamid",
];

/** A client that has two numbers, with a conversation on each. */
export interface TwoNumbers {
  readonly world: World;
  /** The client with a key for both numbers, as it converses on the second. */
  readonly here: Party;
  /** The same client on the first: what a key that is kept from that number must not find. */
  readonly there: Party;
}

/** Plants a client with two numbers, so that its keys and grants can be narrowed to one. */
export async function plantSecondNumber(): Promise<TwoNumbers> {
  const world = await plantWorld("disjoint");
  const { ctx, sessions, ann } = world;
  const [row] = await ctx.sql<[{ id: string; meta_id: string }]>`
    select id, wa_phone_number_id as meta_id from phone_numbers where wa_phone_number_id like '33%'`;
  const number = { id: row.id, waPhoneNumberId: row.meta_id };
  await grantNumber(adminOf(ctx), {
    clientId: ann.clientId,
    phoneNumberId: number.id,
    recipientPolicy: "anyone",
  });
  const tools = catalogue.names().map((tool) => `tools:${tool}`);
  const numbers = [ann.number, number].map(({ waPhoneNumberId }) => `numbers:${waPhoneNumberId}`);
  const tenant = await mintKey(ctx, ann.clientId, [...tools, ...numbers]);
  const alone = await mintKey(ctx, ann.clientId, [...tools, `numbers:${number.waPhoneNumberId}`]);
  const ids = await converse(ctx, sessions, "cat", { tenant: alone, number });
  await keepAsPlanted(ctx);
  const secretsOf = (party: { ids: Readonly<Record<IdKind, string>> }) =>
    NUMBER_KINDS.map((kind) => party.ids[kind]);
  return {
    world,
    here: { ...tenant, name: "ann", number, ids, secrets: secretsOf({ ids }) },
    there: { ...ann, secrets: secretsOf(ann) },
  };
}
