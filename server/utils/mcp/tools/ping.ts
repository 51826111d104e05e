import * as v from "valibot";
import { defineTool } from "../define-tool";

export const ping = defineTool({
  name: "ping",
  title: "Ping",
  description: "Check that the server answers and which client this key belongs to.",
  hints: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  input: v.strictObject({}),
  output: v.object({ ok: v.boolean(), client: v.string(), time: v.string() }),
  run: async (ctx) => ({ ok: true, client: ctx.principal.clientName, time: ctx.clock.now().toISOString() }),
});
