import { defineEventHandler, setResponseStatus } from "h3";
import { useApp } from "#server/utils/use-app";

export default defineEventHandler(async (event) => {
  const { checkReadiness } = await useApp();
  const readiness = await checkReadiness();
  if (!readiness.ready) setResponseStatus(event, 503);
  return readiness;
});
