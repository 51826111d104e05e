import { createFaultBox } from "../faults/fault-box";
import { createMediaLinks } from "../media/media-links";
import { MediaStore } from "../media/media-store";
import { Chats } from "../phone/chats";
import { ContactBook } from "../phone/contact-book";
import { reportStatus } from "../phone/report-status";
import { ServiceWindows } from "../phone/service-windows";
import { StatusLadder } from "../phone/status-ladder";
import { TemplateStore } from "../templates/template-store";
import { createWebhookPoster } from "../webhooks/post-webhook";
import { WebhookOutlet } from "../webhooks/webhook-outlet";
import { WebhookSender } from "../webhooks/webhook-sender";
import { createBusinessNumber, resetBusinessNumber } from "./business-number";
import { createSystemClock } from "./clock";
import { createEventBus } from "./event-bus";
import { createMovableClock } from "./movable-clock";
import { createRandom } from "./random";
import { createRateLimits } from "./rate-limits";
import { defaultSettings, type Settings } from "./settings";
import type { SimulatorOptions } from "./simulator-options";
import type { Subscription, World } from "./world";

/** Builds a world from the start options. Nothing runs until somebody sends. */
export function createWorld(options: SimulatorOptions): World {
  const settings = initialSettings(options);
  const clock = createMovableClock(options.clock ?? createSystemClock());
  const random = createRandom(settings.seed);
  const faults = createFaultBox(random);
  const bus = createEventBus(() => clock.now());
  const subscription: Subscription = { active: true };
  const contacts = new ContactBook();
  const { outlet, webhooks, poster } = createWayOut(options, { settings, clock, faults, bus, subscription });
  const ladder = new StatusLadder({
    clock,
    settings,
    isChatOpen: ({ waId, phoneNumberId }) =>
      contacts.findByPhone(waId)?.openChats.has(phoneNumberId) === true,
    report: (message, status, answered) => reportStatus(world, message, status, answered),
  });
  const parts = { settings, subscription, clock, random, bus, faults, contacts, outlet, webhooks, ladder };
  const world: World = {
    ...accountOf(options),
    ...parts,
    numbers: new Map(options.numbers.map((number) => [number.id, createBusinessNumber(number)])),
    limits: createRateLimits(settings, clock),
    chats: new Chats(),
    media: new MediaStore(clock, settings),
    mediaLinks: createMediaLinks(clock, settings),
    templates: new TemplateStore(),
    address: { url: "" },
    windows: new ServiceWindows(clock),
    reset: () => resetWorld(world),
    close() {
      outlet.queue.clear();
      clock.stop();
      poster.close();
    },
  };
  return world;
}

type Surroundings = Pick<World, "settings" | "clock" | "faults" | "bus" | "subscription">;

function createWayOut({ wabaId, appSecret }: SimulatorOptions, surroundings: Surroundings) {
  const { settings, subscription, clock, faults } = surroundings;
  const poster = createWebhookPoster();
  const callbackUrl = () =>
    subscription.active ? (subscription.overrideUrl ?? settings.webhook_url) : undefined;
  const outlet = new WebhookOutlet({ ...surroundings, poster, appSecret, callbackUrl });
  return { poster, outlet, webhooks: new WebhookSender({ clock, faults, outlet, wabaId }) };
}

function accountOf({
  wabaId,
  appId = "670843887433847",
  appSecret,
  accessToken,
  verifyToken,
}: SimulatorOptions) {
  return { wabaId, appId, appSecret, accessToken, verifyToken };
}

function initialSettings(options: SimulatorOptions): Settings {
  const given = Object.entries(options.settings ?? {}).filter(([, value]) => value !== undefined);
  const patch = Object.fromEntries(given) as Partial<Settings>;
  return { ...defaultSettings(), webhook_url: options.webhookUrl ?? "", ...patch };
}

function resetWorld(world: World): void {
  const parts = [
    world.ladder,
    world.webhooks,
    world.outlet,
    world.chats,
    world.contacts,
    world.windows,
    world.media,
    world.templates,
    world.limits,
  ];
  for (const part of parts) part.clear();
  for (const number of world.numbers.values()) resetBusinessNumber(number);
  world.clock.restore();
  world.faults.remove();
  world.random.reseed(world.settings.seed);
  world.subscription.active = true;
  delete world.subscription.overrideUrl;
  world.bus.publish("reset", () => ({}));
}
