import { setResponseHeader, setResponseStatus } from "h3";
import type { NitroErrorHandler } from "nitropack/types";
import { createLog, describeError } from "./utils/log";

const log = createLog("error");

/**
 * The last resort. Nitro's own handler logs whole errors, and a failed query's message holds its parameters; it also
 * answers with the path in the reason phrase.
 */
const handleError: NitroErrorHandler = (error, event) => {
  const status = error.statusCode >= 400 && error.statusCode < 600 ? error.statusCode : 500;
  if (status >= 500) log.error("a request failed:", describeError(error.cause ?? error));
  if (event.node.res.headersSent) {
    event.node.res.destroy();
    return;
  }
  setResponseStatus(event, status, status === 404 ? "Not Found" : "Error");
  setResponseHeader(event, "content-type", "application/json");
  event.node.res.end(
    JSON.stringify({ error: { status, message: status === 404 ? "not found" : "the request failed" } }),
  );
};
export default handleError;
