import { defineEventHandler, setResponseStatus } from "h3";
import { checkReadiness } from "#server/utils/check-readiness";
import { useApp } from "#server/utils/use-app";

export default defineEventHandler(async (event) => {
  const readiness = await checkReadiness(await useApp());
  if (!readiness.ready) setResponseStatus(event, 503);
  return readiness;
});
