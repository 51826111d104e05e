import { defineEventHandler, getHeader, setResponseStatus, type EventHandler } from "h3";
import { serve } from "inngest/h3";
import { createFunctions } from "#server/functions/index";
import { readLimitedBody } from "#server/utils/read-limited-body";
import { useApp } from "#server/utils/use-app";

// Inngest sends up to 4 MB of state.
const BODY_LIMIT_BYTES = 5 * 1024 * 1024;

let handler: EventHandler | undefined;

export default defineEventHandler(async (event) => {
  const { config, inngest, system } = await useApp();
  // The origin is always explicit: the SDK would register https for anything but NODE_ENV=development.
  handler ??= serve({
    client: inngest,
    functions: createFunctions(inngest, system),
    serveOrigin: config.inngest.serveOrigin,
    servePath: "/api/inngest",
    // Else anybody could make the server register, under its key and as often as he likes.
    enableUnauthedSync: false,
  }) as EventHandler;
  if (config.inngest.signingKey && !getHeader(event, "x-inngest-signature")) {
    setResponseStatus(event, 401);
    return { message: "Unauthorized" };
  }
  // The SDK's adapter reads without a limit, before it checks the signature. It takes a body that is there already.
  const body = event.method === "GET" ? undefined : await readLimitedBody(event, BODY_LIMIT_BYTES);
  if (body) Object.assign(event.node.req, { body: body.toString("utf8") });
  return handler(event) as unknown;
});
