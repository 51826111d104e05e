import type { Router } from "h3";
import type { World } from "../core/world";
import { createDebugTokenHandler } from "./debug-token-handler";
import { defineGraphHandler, unknownPath } from "./define-graph-handler";
import { createMessagesHandler } from "./messages-handler";
import { createPhoneNumberHandler } from "./phone-number-handler";
import { createPhoneNumbersHandler } from "./phone-numbers-handler";
import { createSubscribedAppsHandler } from "./subscribed-apps-handler";

/** Puts Meta's addresses on the router. */
export function registerGraph(router: Router, world: World): void {
  const subscribedApps = createSubscribedAppsHandler(world);
  router.post("/:version/:id/messages", createMessagesHandler(world));
  router.get("/:version/:id/phone_numbers", createPhoneNumbersHandler(world));
  router.get("/:version/:id/subscribed_apps", subscribedApps);
  router.post("/:version/:id/subscribed_apps", subscribedApps);
  router.delete("/:version/:id/subscribed_apps", subscribedApps);
  router.get("/:version/debug_token", createDebugTokenHandler(world));
  router.get("/:version/:id", createPhoneNumberHandler(world));
  const unknown = defineGraphHandler(world, ({ event }) => {
    throw unknownPath(event);
  });
  router.use("/:version/**", unknown);
}
