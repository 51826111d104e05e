import type { Server, ServerResponse } from "node:http";

/** Keeps in view which answers of a server are not finished. Has to be called before the server listens. */
export function trackAnswers(server: Server): ReadonlySet<ServerResponse> {
  const open = new Set<ServerResponse>();
  server.prependListener("request", (_request, response) => {
    open.add(response);
    response.once("close", () => open.delete(response));
  });
  return open;
}
