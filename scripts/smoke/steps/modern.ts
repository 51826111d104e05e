import { createConnectStep } from "../create-connect-step";

/** Clients of MCP 2026-07-28 get in. */
export const modern = createConnectStep("mcp-2026", "MCP 2026-07-28", (ctx) => ctx.modern());
