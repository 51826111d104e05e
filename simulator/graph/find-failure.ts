import type { BusinessNumber } from "../core/business-number";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import type { MessageFailure } from "../phone/phone-message";
import { errorEntry } from "./error-catalogue";
import { GraphError } from "./graph-error";
import type { Recipient } from "./resolve-recipient";

const REACTION_HORIZON_MS = 30 * 24 * 3600 * 1000;

/** What a send asks for, as far as it decides whether it fails. */
export interface FailureFacts {
  type: string;
  content: unknown;
  /** What is wrong with its files. */
  mediaProblem?: string | undefined;
}

/** Why an accepted message will fail later; throws when Meta would say so at once. */
export function findFailure(
  world: World,
  number: BusinessNumber,
  { contact }: Recipient,
  { type, content, mediaProblem }: FailureFacts,
): MessageFailure | undefined {
  const { settings } = world;
  if (!contact.registered || settings.unregistered.includes(contact.waId)) {
    return failureOf(131026, "The message could not be delivered to this person");
  }
  if (contact.failCode !== undefined)
    return failureOf(contact.failCode, "Refused for this person by the simulator");
  const closed = world.windows.closesAt(number.id, contact.waId) === undefined;
  if (type !== "template" && settings.window !== "off" && closed) {
    const details = "More than 24 hours have passed since this person last wrote to this number";
    if (settings.window === "sync") throw new GraphError(131047, { details });
    return failureOf(131047, details);
  }
  if (mediaProblem !== undefined) return failureOf(131053, mediaProblem);
  if (type !== "reaction" || canReact(world, number, contact.waId, content)) return undefined;
  return failureOf(131009, "The message to react to does not exist, is a reaction or is too old");
}

/** Reference 2.3: not to a message that is unknown, older than 30 days, deleted, or a reaction itself. */
function canReact(world: World, number: BusinessNumber, waId: string, content: unknown): boolean {
  const target = world.chats.find(number.id, String((content as JsonObject).message_id));
  if (target === undefined || target.waId !== waId || target.type === "reaction") return false;
  if (world.clock.now() - target.at > REACTION_HORIZON_MS) return false;
  return !world.chats.isRevoked(number.id, target.wamid);
}

function failureOf(code: number, details: string): MessageFailure {
  return { code, title: errorEntry(code).title, details };
}
