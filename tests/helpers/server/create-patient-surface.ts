import type { SystemContext } from "#server/utils/context";
import type { ClientLink, JsonObject } from "#server/utils/mcp/client-link";
import { createSurface } from "#server/utils/mcp/create-surface";
import type { McpSurface } from "#server/utils/mcp/surface";

/** A surface whose tools end when a test says so. */
export interface PatientSurface {
  readonly open: (system: SystemContext) => McpSurface;
  /** Ends the oldest call of `patience` that is at work; undefined when none is. */
  takeCall(): ((text: string) => void) | undefined;
}

/** The product's surface with the tools `patience`, which waits for the test, and `ask`, which asks a person. */
export function createPatientSurface(): PatientSurface {
  const calls: ((text: string) => void)[] = [];
  const toResult = (text: string): JsonObject => ({ content: [{ type: "text", text }] });
  return {
    takeCall: () => calls.shift(),
    open(system) {
      const inner = createSurface(system);
      return {
        ...inner,
        async callTool(call) {
          if (call.name === "ask") return toResult(`asked: ${await ask(call.link)}`);
          if (call.name !== "patience") return inner.callTool(call);
          if ((call.arguments as JsonObject).progress) {
            await call.link.notify("notifications/progress", { progressToken: "p", progress: 1 });
          }
          return toResult(await new Promise<string>((resolve) => void calls.push(resolve)));
        },
      };
    },
  };
}

async function ask({ request }: ClientLink): Promise<string> {
  const params = { mode: "form", message: "May I?", requestedSchema: { type: "object", properties: {} } };
  try {
    return String((await request?.("elicitation/create", params, { timeoutMs: 240_000 }))?.action);
  } catch {
    return "nobody answered";
  }
}
