import { createConnectStep } from "../create-connect-step";

/** Clients of MCP 2025-11-25 get in. */
export const legacy = createConnectStep("mcp-2025", "MCP 2025-11-25", (ctx) => ctx.legacy());
