import { type EventHandler, getQuery, getRouterParam, type H3Event, type Router } from "h3";
import type { SettingsPatch } from "../core/settings";
import type { World } from "../core/world";
import type { FaultSpec } from "../faults/fault";
import {
  ChatSchema,
  type ContactInput,
  type PersonMessageInput,
  type RawWebhookInput,
  ReadSchema,
  WindowSchema,
} from "./control-schemas";
import { defineControlHandler, readControlBody } from "./define-control-handler";
import { parseInput } from "./parse-input";
import type { SimulatorControl } from "./simulator-control";
import { createEventsHandler } from "./create-events-handler";

type Answer = (event: H3Event) => Promise<unknown>;

/** Puts the control API on the router. The methods check their own input, so casts here promise nothing. */
export function registerControl(router: Router, world: World, control: SimulatorControl): void {
  const get = (path: string, answer: Answer) => router.get(`/control${path}`, handler(answer));
  const post = (path: string, answer: Answer) => router.post(`/control${path}`, handler(answer));
  const remove = (path: string, answer: Answer) => router.delete(`/control${path}`, handler(answer));

  get("/state", () => control.state());
  post("/settings", async (event) => control.configure((await readControlBody(event)) as SettingsPatch));
  post("/reset", () => control.reset());
  get("/faults", () => control.listFaults());
  post("/faults", async (event) => control.addFault((await readControlBody(event)) as FaultSpec));
  remove("/faults", () => control.removeFaults());
  remove("/faults/:id", (event) => control.removeFaults(param(event, "id")));
  get("/arrivals", (event) => control.arrivals(getQuery(event)));
  get("/webhooks", (event) => control.webhooks(getQuery(event)));
  post("/webhooks", async (event) =>
    control.sendRawWebhook((await readControlBody(event)) as RawWebhookInput),
  );
  post("/webhooks/release", () => control.releaseWebhooks());
  post("/webhooks/retry", () => control.retryWebhooks());
  post("/verify-webhook", () => control.verifyWebhook());
  registerPeople(get, post, control);
  router.get("/control/events", createEventsHandler(world.bus));
}

type Register = (path: string, answer: Answer) => unknown;

function registerPeople(get: Register, post: Register, control: SimulatorControl): void {
  get("/contacts", () => control.listContacts());
  post("/contacts", async (event) => control.putContact((await readControlBody(event)) as ContactInput));
  get("/contacts/:person/messages", (event) => {
    const { phone_number_id: id } = getQuery(event);
    return control.listMessages(param(event, "person"), typeof id === "string" ? id : undefined);
  });
  post("/contacts/:person/messages", async (event) =>
    control.sendFromPerson(param(event, "person"), (await readControlBody(event)) as PersonMessageInput),
  );
  post("/contacts/:person/chat", async (event) => {
    const { open, phone_number_id: id } = parseInput(ChatSchema, await readControlBody(event));
    return control.setChatOpen(param(event, "person"), open, id);
  });
  post("/contacts/:person/read", async (event) => {
    const { phone_number_id, wamid } = parseInput(ReadSchema, await readControlBody(event));
    const options = {
      ...(phone_number_id === undefined ? {} : { phone_number_id }),
      ...(wamid === undefined ? {} : { wamid }),
    };
    return control.markRead(param(event, "person"), options);
  });
  post("/contacts/:person/window", async (event) => {
    const { open, phone_number_id: id } = parseInput(WindowSchema, await readControlBody(event));
    return control.setWindow(param(event, "person"), open, id);
  });
}

function handler(answer: Answer): EventHandler {
  return defineControlHandler(answer);
}

function param(event: H3Event, name: string): string {
  return getRouterParam(event, name, { decode: true }) ?? "";
}
