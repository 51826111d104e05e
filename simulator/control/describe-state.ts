import type { World } from "../core/world";
import type { SimulatorState } from "./control-types";

/** The overview of a world. Secrets stay out of it. */
export function describeState(world: World): SimulatorState {
  const { subscription, settings } = world;
  return {
    waba_id: world.wabaId,
    app_id: world.appId,
    numbers: [...world.numbers.values()].map((number) => ({
      id: number.id,
      display_phone_number: number.displayNumber,
      verified_name: number.verifiedName,
    })),
    subscribed: subscription.active,
    callback_url: subscription.active ? (subscription.overrideUrl ?? settings.webhook_url) : null,
    settings,
    faults: world.faults.list(),
    counts: {
      contacts: world.contacts.list().length,
      arrivals: world.chats.arrivalCount,
      webhooks_pending: world.outlet.queue.pending,
      webhooks_held: world.webhooks.held,
      listeners: world.bus.listeners,
    },
  };
}
