import { type EventHandler, getQuery, getRouterParam, type H3Event, type Router } from "h3";
import type { SettingsPatch } from "../core/settings";
import type { World } from "../core/world";
import type { FaultSpec } from "../faults/fault";
import type { AccountWebhookInput, NumberChangeInput, TemplateInput } from "./account-schemas";
import { ClockSchema } from "./account-schemas";
import type { RawWebhookInput } from "./control-schemas";
import { defineControlHandler, readControlBody } from "./define-control-handler";
import { parseInput } from "./parse-input";
import type { SimulatorControl } from "./simulator-control";
import { createEventsHandler } from "./create-events-handler";
import { createMediaFileHandler } from "./media-file-handler";
import { registerPeople } from "./register-people";

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
  get("/templates", () => control.listTemplates());
  post("/templates", async (event) => control.putTemplate((await readControlBody(event)) as TemplateInput));
  remove("/templates/:id", (event) => control.removeTemplate(param(event, "id")));
  post("/numbers/:id", async (event) =>
    control.changeNumber(param(event, "id"), (await readControlBody(event)) as NumberChangeInput),
  );
  post("/account/webhooks", async (event) =>
    control.sendAccountWebhook((await readControlBody(event)) as AccountWebhookInput),
  );
  post("/clock", async (event) =>
    control.advanceClock(parseInput(ClockSchema, await readControlBody(event)).advance_ms),
  );
  registerPeople(get, post, control);
  router.get("/control/media/:id", createMediaFileHandler(control));
  router.get("/control/events", createEventsHandler(world.bus));
}

function handler(answer: Answer): EventHandler {
  return defineControlHandler(answer);
}

function param(event: H3Event, name: string): string {
  return getRouterParam(event, name, { decode: true }) ?? "";
}
