import type { H3Event } from "h3";
import { createTraceId } from "../core/ids";
import { writeAnswer } from "../http/write-answer";
import { toMetaJson } from "../webhooks/to-meta-json";
import type { GraphError } from "./graph-error";

/** Answers JSON with the headers that every Graph answer carries. */
export function writeGraphAnswer(event: H3Event, version: string, status: number, body: unknown): void {
  writeAnswer(
    event,
    status,
    { ...graphHeaders(version), "content-type": "application/json; charset=UTF-8" },
    toMetaJson(body),
  );
}

/** Answers an error in Meta's shape. */
export function writeGraphError(event: H3Event, version: string, error: GraphError): void {
  const traceId = createTraceId();
  const challenge: Record<string, string> =
    error.httpStatus === 401
      ? { "www-authenticate": `OAuth "Facebook Platform" "invalid_token" "${headerText(error.message)}"` }
      : {};
  const headers = {
    ...graphHeaders(version, traceId),
    ...challenge,
    "content-type": "application/json; charset=UTF-8",
  };
  writeAnswer(event, error.httpStatus, headers, toMetaJson(error.toBody(traceId)));
}

/** Answers as an edge proxy does when what is behind it fails: HTML, no Graph headers. */
export function writeHtmlError(event: H3Event, status: number): void {
  const title = status === 502 ? "Bad Gateway" : "Internal Server Error";
  const page = `<!DOCTYPE html><html><head><title>${status} ${title}</title></head><body><h1>${title}</h1></body></html>`;
  writeAnswer(event, status, { "content-type": "text/html; charset=utf-8" }, page);
}

function graphHeaders(version: string, traceId = createTraceId()): Record<string, string> {
  return {
    "facebook-api-version": headerText(version),
    "x-fb-trace-id": traceId,
    "x-fb-request-id": createTraceId(),
    "cache-control": "private, no-cache, no-store, must-revalidate",
    pragma: "no-cache",
  };
}

/** Message texts and paths come from outside; a header takes printable ASCII only. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]|"/g, "?");
}
