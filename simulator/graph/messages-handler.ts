import type { EventHandler } from "h3";
import type { BusinessNumber } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import type { FaultFacts } from "../faults/fault-box";
import { cutConnection } from "../http/cut-connection";
import { acceptMessage } from "./accept-message";
import { authorize } from "./authorize";
import { defineGraphHandler, type GraphCall, readGraphBody, requireNumber } from "./define-graph-handler";
import { markRead } from "./mark-read";
import { strikeWithError } from "./strike-with-error";

const HANG_MS = 60_000;
const SLOW_MS = 5_000;
const STATUS_FIRST_LIMIT_MS = 5_000;

/** `POST /{version}/{phone number id}/messages`: sends, and marks as read. */
export function createMessagesHandler(world: World): EventHandler {
  return defineGraphHandler(world, async (call) => {
    authorize(world, call.event);
    const number = requireNumber(call);
    const early = { phoneNumberId: number.id };
    if (world.faults.take("reset_during_request", early) !== undefined) {
      cutConnection(call.event);
      return undefined;
    }
    const body = await readGraphBody(call);
    const facts: FaultFacts = {
      ...early,
      on: body.status === "read" ? "read" : "send",
      waId: digitsOf(body),
    };
    if (world.faults.take("reset_before_accept", facts) !== undefined) {
      cutConnection(call.event);
      return undefined;
    }
    if (strikeWithError(call, facts, false)) return undefined;
    const slow = world.faults.take("slow_response", facts);
    // The wait comes first: a caller that gives up meanwhile does not stop the message.
    if (slow !== undefined) await world.clock.wait(slow.ms ?? SLOW_MS);
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
  const { world, event } = call;
  const { message, answer } = acceptMessage(world, number, body);
  if (world.faults.take("status_before_response", facts) === undefined) world.ladder.start(message);
  else await world.ladder.startAtOnce(message, STATUS_FIRST_LIMIT_MS);
  const hang = world.faults.take("accept_and_hang", facts);
  if (hang !== undefined) await world.clock.wait(hang.ms ?? HANG_MS);
  if (hang !== undefined || world.faults.take("drop_response_after_accept", facts) !== undefined) {
    cutConnection(event);
    return undefined;
  }
  return strikeWithError(call, facts, true) ? undefined : answer;
}

function digitsOf({ to }: JsonObject): string | undefined {
  return typeof to === "string" ? to.replace(/\D/g, "") : undefined;
}
