import { defineEventHandler, type EventHandler } from "h3";
import { serve } from "inngest/h3";
import { createFunctions } from "#server/functions/index";
import { useApp } from "#server/utils/use-app";

let handler: EventHandler | undefined;

export default defineEventHandler(async (event) => {
  const { config, inngest, system } = await useApp();
  // The origin is always explicit: the SDK would register https for anything but NODE_ENV=development.
  handler ??= serve({
    client: inngest,
    functions: createFunctions(inngest, system),
    serveOrigin: config.inngest.serveOrigin,
    servePath: "/api/inngest",
  }) as EventHandler;
  return handler(event) as unknown;
});
