import { createApp, defineEventHandler, toNodeListener, type H3Event } from "h3";
import { listen, type Listening } from "./listen";

/** Serves one h3 handler for every address, as Nitro would. */
export async function serveEvent(handle: (event: H3Event) => unknown): Promise<Listening> {
  const app = createApp();
  app.use(defineEventHandler((event) => handle(event)));
  return listen(toNodeListener(app));
}
