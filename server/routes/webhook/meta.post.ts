import { createError, defineEventHandler, getRequestHeader, isError, setResponseStatus } from "h3";
import { toAppError } from "#server/utils/errors";
import { describeError } from "#server/utils/log";
import { verifySignature } from "#server/utils/meta/signature";
import { readLimitedBody } from "#server/utils/read-limited-body";
import { useApp } from "#server/utils/use-app";

// Meta sends up to 3 MB.
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;

export default defineEventHandler(async (event) => {
  const { config, inbox, log, metrics } = await useApp();
  try {
    const body = await readLimitedBody(event, BODY_LIMIT_BYTES);
    if (!verifySignature(body, getRequestHeader(event, "x-hub-signature-256"), config.meta.appSecrets)) {
      metrics.countWebhook("refused");
      // A prober learns nothing, not even that this is a webhook.
      throw createError({ statusCode: 404 });
    }
    await inbox.accept(body);
    metrics.countWebhook("accepted");
    return "ok";
  } catch (error) {
    if (isError(error)) throw error;
    const isTooLarge = toAppError(error).code === "payload_too_large";
    if (!isTooLarge) log.error("a webhook could not be stored:", describeError(error));
    metrics.countWebhook(isTooLarge ? "too_large" : "not_stored");
    // Anything but a 200 makes Meta deliver it again: right exactly when it is not stored.
    setResponseStatus(event, isTooLarge ? 413 : 503);
    return "";
  }
});
