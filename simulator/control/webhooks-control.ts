import type { World } from "../core/world";
import { toMetaJson } from "../webhooks/to-meta-json";
import { verifyHandshake } from "../webhooks/verify-handshake";
import { RawWebhookSchema, WebhooksSchema } from "./control-schemas";
import { parseInput } from "./parse-input";
import type { SimulatorControl } from "./simulator-control";

const DEFAULT_LOG_LIMIT = 500;

/** The control methods that are about webhooks. */
export type WebhooksControl = Pick<
  SimulatorControl,
  "webhooks" | "sendRawWebhook" | "releaseWebhooks" | "retryWebhooks" | "verifyWebhook"
>;

/** What can be done about webhooks on their way. */
export function createWebhooksControl(world: World): WebhooksControl {
  return {
    async webhooks(input = {}) {
      const { state, about, wamid, limit = DEFAULT_LOG_LIMIT } = parseInput(WebhooksSchema, input);
      const matching = world.outlet
        .log()
        .filter(
          (delivery) =>
            (state === undefined || delivery.state === state) &&
            (about === undefined || delivery.about === about) &&
            (wamid === undefined || delivery.wamids.includes(wamid)),
        );
      const deliveries = limit === 0 ? [] : matching.slice(-limit);
      return { pending: world.outlet.queue.pending, held: world.webhooks.held, deliveries };
    },
    async sendRawWebhook(input) {
      const webhook = parseInput(RawWebhookSchema, input);
      const body = "raw" in webhook ? webhook.raw : toMetaJson(webhook.body ?? null);
      return { id: world.outlet.push([], body, () => {}).id };
    },
    async releaseWebhooks() {
      for (const fault of world.faults.list()) if (fault.kind === "hold") world.faults.remove(fault.id);
      return { released: world.webhooks.release() };
    },
    async retryWebhooks() {
      world.outlet.queue.retryNow();
    },
    verifyWebhook: () => verifyHandshake(world.settings.webhook_url, world.verifyToken),
  };
}
