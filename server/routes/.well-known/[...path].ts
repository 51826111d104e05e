import { createError, defineEventHandler, setResponseStatus } from "h3";
import { explainApiKeys } from "#server/utils/auth/explain-api-keys";
import { useApp } from "#server/utils/use-app";

// Where clients look for OAuth (RFC 9728, RFC 8414, OpenID Connect Discovery), for the server or for /mcp.
const DISCOVERY =
  /^\/\.well-known\/(?:oauth-protected-resource|oauth-authorization-server|openid-configuration)(?:\/mcp)?\/?$/;

export default defineEventHandler(async (event) => {
  const [path = ""] = event.path.split("?");
  if (!DISCOVERY.test(path)) throw createError({ statusCode: 404 });
  const { config } = await useApp();
  setResponseStatus(event, 404);
  return explainApiKeys(config.publicUrl);
});
