import type { Router } from "h3";
import type { World } from "../core/world";
import { DOWNLOAD_PATH } from "../media/media-links";
import { createDebugTokenHandler } from "./debug-token-handler";
import { defineGraphHandler, unknownPath } from "./define-graph-handler";
import { createDownloadHandler } from "./download-handler";
import { createMediaUploadHandler } from "./media-upload-handler";
import { createMessagesHandler } from "./messages-handler";
import { createObjectHandler } from "./object-handler";
import { createPhoneNumbersHandler } from "./phone-numbers-handler";
import { createSubscribedAppsHandler } from "./subscribed-apps-handler";
import { createTemplatesHandler } from "./templates-handler";

/** Puts Meta's addresses on the router. */
export function registerGraph(router: Router, world: World): void {
  const subscribedApps = createSubscribedAppsHandler(world);
  router.post("/:version/:id/messages", createMessagesHandler(world));
  router.post("/:version/:id/media", createMediaUploadHandler(world));
  router.get("/:version/:id/phone_numbers", createPhoneNumbersHandler(world));
  router.get("/:version/:id/subscribed_apps", subscribedApps);
  router.post("/:version/:id/subscribed_apps", subscribedApps);
  router.delete("/:version/:id/subscribed_apps", subscribedApps);
  router.get("/:version/debug_token", createDebugTokenHandler(world));
  const templates = createTemplatesHandler(world);
  router.get("/:version/:id/message_templates", templates);
  router.post("/:version/:id/message_templates", templates);
  router.delete("/:version/:id/message_templates", templates);
  const object = createObjectHandler(world);
  router.get("/:version/:id", object);
  router.delete("/:version/:id", object);
  router.get(DOWNLOAD_PATH, createDownloadHandler(world));
  const unknown = defineGraphHandler(world, ({ event }) => {
    throw unknownPath(event);
  });
  router.use("/:version/**", unknown);
}
