import type { Principal } from "#server/utils/auth/principal";
import { createModernExchanges } from "#server/utils/mcp/modern/create-modern-exchanges";
import { createModernClient, type ListenStream } from "#tests/helpers/server/create-modern-client";
import type { RpcAnswer } from "#tests/helpers/server/open-mcp-session";
import type { EvalWorld } from "../world/open-eval-world";
import type { Wire } from "./wire";

const LISTS = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };

/** Requests of MCP 2026-07-28, each by itself. */
export function openModernWire({ ctx, surface }: EvalWorld, principal: Principal): Promise<Wire> {
  const exchanges = createModernExchanges(ctx.system, surface);
  const client = createModernClient(exchanges, principal);
  const streams: ListenStream[] = [];
  const told: string[] = [];
  return Promise.resolve({
    async ask(method, params) {
      const {
        notifications,
        status: _,
        ...answer
      } = await client.ask(method, params, describeHeaders(method, params));
      told.push(...notifications.map((one) => JSON.stringify(one)));
      return answer as RpcAnswer;
    },
    get heard() {
      return [...told, ...streams.flatMap(({ heard }) => heard.map((one) => JSON.stringify(one)))];
    },
    async follow(uris) {
      streams.push(await client.listen({ resourceSubscriptions: [...uris], ...LISTS }));
    },
    async end() {
      for (const stream of streams) await stream.leave();
      exchanges.close();
    },
  });
}

// A header takes no more than ASCII (MCP 2026-07-28, "Streamable HTTP", header encoding).
function describeHeaders(method: string, { name, uri }: Record<string, unknown>) {
  const named = name ?? uri;
  const encode = (text: string): string =>
    /^[\x20-\x7e]*$/.test(text) ? text : `=?base64?${Buffer.from(text).toString("base64")}?=`;
  return {
    headers: {
      "mcp-method": encode(method),
      ...(typeof named === "string" ? { "mcp-name": encode(named) } : {}),
    },
  };
}
