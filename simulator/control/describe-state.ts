import type { World } from "../core/world";
import type { SimulatorState } from "./control-types";
import { describeNumberState } from "./describe-number-state";

/** The overview of a world. Secrets stay out of it. */
export function describeState(world: World): SimulatorState {
  const { subscription, settings } = world;
  return {
    waba_id: world.wabaId,
    app_id: world.appId,
    numbers: [...world.numbers.values()].map(describeNumberState),
    subscribed: subscription.active,
    callback_url: subscription.active ? (subscription.overrideUrl ?? settings.webhook_url) : null,
    clock_ahead_ms: world.clock.aheadMs,
    settings,
    faults: world.faults.list(),
    counts: {
      contacts: world.contacts.list().length,
      arrivals: world.chats.arrivalCount,
      webhooks_pending: world.outlet.queue.pending,
      webhooks_held: world.webhooks.held,
      listeners: world.bus.listeners,
      media: world.media.count,
      media_bytes: world.media.weightBytes,
    },
  };
}
