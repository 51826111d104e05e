import { defineEventHandler, setResponseStatus } from "h3";
import { explainApiKeys } from "#server/utils/auth/explain-api-keys";
import { useApp } from "#server/utils/use-app";

// Where clients register that found no OAuth metadata (RFC 7591, by the default of MCP 2025-03-26).
export default defineEventHandler(async (event) => {
  const { config } = await useApp();
  setResponseStatus(event, 404);
  return explainApiKeys(config.publicUrl);
});
