import { setResponseHeaders, setResponseStatus } from "h3";
import type { NitroErrorHandler } from "nitropack/types";
import { AppError } from "./utils/errors";
import { toHttpError } from "./utils/http-error";
import { createLog, describeError } from "./utils/log";

const log = createLog("error");

/**
 * The last resort. Nitro's own handler logs whole errors, and a failed query's message holds its parameters; it also
 * answers with the path in the reason phrase.
 */
const handleError: NitroErrorHandler = (error, event) => {
  const { res } = event.node;
  const known = error.cause instanceof AppError ? toHttpError(error.cause) : undefined;
  const status = known?.status ?? readStatus(error.statusCode);
  if (status >= 500) log.error("a request failed:", describeError(error.cause ?? error));
  if (res.headersSent) {
    res.destroy();
    return;
  }
  setResponseStatus(event, status, status === 404 ? "Not Found" : "Error");
  setResponseHeaders(event, { "content-type": "application/json", ...known?.headers });
  const message = status === 404 ? "not found" : "the request failed";
  res.end(JSON.stringify({ error: known?.body ?? { status, message } }));
};
export default handleError;

function readStatus(status: number): number {
  return status >= 400 && status < 600 ? status : 500;
}
