import type { EventHandler } from "h3";
import type { BusinessNumber } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import type { FaultFacts } from "../faults/fault-box";
import { cutConnection } from "../http/cut-connection";
import { acceptMessage } from "./accept-message";
import { authorize } from "./authorize";
import { defineGraphHandler, type GraphCall, readGraphBody, requireNumber } from "./define-graph-handler";
import { fetchLinks } from "./fetch-links";
import { markRead } from "./mark-read";
import { strikeAfter, strikeBefore } from "./strike-call";

const STATUS_FIRST_LIMIT_MS = 5_000;

/** `POST /{version}/{phone number id}/messages`: sends, and marks as read. */
export function createMessagesHandler(world: World): EventHandler {
  return defineGraphHandler(world, async (call) => {
    authorize(world, call.event);
    const number = requireNumber(call);
    const early = { phoneNumberId: number.id };
    if (world.faults.take("reset_during_request", early, ({ on }) => on !== "upload") !== undefined) {
      cutConnection(call.event);
      return undefined;
    }
    const body = await readGraphBody(call);
    const facts: FaultFacts = {
      ...early,
      on: body.status === "read" ? "read" : "send",
      waId: digitsOf(body),
    };
    if (await strikeBefore(call, facts)) return undefined;
    if (facts.on === "read") return markRead(world, number, body);
    return send(call, number, body, facts);
  });
}

async function send(
  call: GraphCall,
  number: BusinessNumber,
  body: JsonObject,
  facts: FaultFacts,
): Promise<JsonObject | undefined> {
  const { world } = call;
  const fetched = await fetchLinks(world, number, body);
  const { message, answer } = acceptMessage(world, number, body, fetched);
  if (world.faults.take("status_before_response", facts) === undefined) world.ladder.start(message);
  else await world.ladder.startAtOnce(message, STATUS_FIRST_LIMIT_MS);
  return (await strikeAfter(call, facts)) ? undefined : answer;
}

function digitsOf({ to }: JsonObject): string | undefined {
  return typeof to === "string" ? to.replace(/\D/g, "") : undefined;
}
