import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";

/** Sends a webhook that is about the account, a template or a number rather than about a message (reference 3.8). */
export function sendAccountWebhook(world: World, field: string, value: JsonObject): void {
  world.webhooks.send({
    about: "account",
    phoneNumberId: "",
    field,
    value,
    timeS: Math.floor(world.clock.now() / 1000),
  });
}
