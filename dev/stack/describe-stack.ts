import { PHONE_NUMBER_ID, WABA_ID } from "./stack-environment";
import type { Stack } from "./start-stack";

/** How to reach a running stack, for programs and for people. */
export function describeStack(
  stack: Stack,
  shimFile: string,
): { json: Record<string, unknown>; text: string } {
  const { mcpUrl, apiKey, webhookUrl, simulatorUrl, databaseUrl, inngestUrl, secrets } = stack;
  const phonePageUrl = `${simulatorUrl}/`;
  const json = {
    mcpUrl,
    apiKey,
    webhookUrl,
    appSecret: secrets.appSecret,
    verifyToken: secrets.verifyToken,
    phoneNumberId: PHONE_NUMBER_ID,
    wabaId: WABA_ID,
    simulatorUrl,
    phonePageUrl,
    databaseUrl,
    inngestUrl,
    pids: {
      demo: process.pid,
      server: stack.server.pid,
      inngest: stack.engine.pid,
      simulator: stack.simulator.pid,
      postgres: stack.postgresPid,
    },
  };
  const text = `
The WhatsApp MCP server is running on this machine.

  The simulated phones   ${phonePageUrl}
  MCP                    ${mcpUrl}
  API key                ${apiKey}
  Webhook                ${webhookUrl}
  Inngest (local)        ${inngestUrl}
  PostgreSQL             ${databaseUrl}

Connect Claude Code over HTTP:

  claude mcp add --transport http whatsapp ${mcpUrl} --header "Authorization: Bearer ${apiKey}"

or through the stdio shim:

  claude mcp add whatsapp --env WAMCP_URL=${mcpUrl} --env WAMCP_API_KEY=${apiKey} -- node ${shimFile}

Ada, +16505551234, has written: ask it to answer her, open the phones in a browser, and go on as Ada. Whoever has not
written within 24 hours gets templates only, such as hello_world.
Ctrl+C ends everything and leaves nothing behind.

`;
  return { json, text };
}
