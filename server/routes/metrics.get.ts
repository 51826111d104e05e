import { createError, defineEventHandler, getRequestHeader, setResponseHeader } from "h3";
import { mayScrape } from "#server/utils/metrics/may-scrape";
import { useApp } from "#server/utils/use-app";

export default defineEventHandler(async (event) => {
  const { config, metrics } = await useApp();
  // As an unknown path: a prober does not learn that there is anything.
  if (!mayScrape(getRequestHeader(event, "authorization"), config.metricsToken)) {
    throw createError({ statusCode: 404 });
  }
  const { contentType, text } = await metrics.scrape();
  setResponseHeader(event, "content-type", contentType);
  return text;
});
