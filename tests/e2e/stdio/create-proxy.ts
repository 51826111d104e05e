import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that went through. */
interface Passage {
  readonly verb: string;
  readonly body: string;
  readonly sessionId: string | undefined;
  /** What the server answered; 0 before that. */
  status: number;
}

/** Stands between the shim and a server. */
export interface Proxy {
  readonly url: string;
  readonly passages: Passage[];
  /** The next answer of the server to a call of this tool gets as far as here; `lose` runs, and the connection breaks. */
  loseAnswerTo(tool: string, lose: () => Promise<void>): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of the MCP server at `target`. */
export async function createProxy(target: string): Promise<Proxy> {
  const passages: Passage[] = [];
  let losing: { readonly tool: string; lose(): Promise<void> } | undefined;

  const pass = (passage: Passage, from: IncomingMessage, to: ServerResponse): void => {
    const isLost = losing !== undefined && passage.body.includes(`"name":"${losing.tool}"`);
    const lose = isLost ? losing?.lose : undefined;
    if (isLost) losing = undefined;
    const onward = forward(target, { method: passage.verb, headers: from.headers }, (answer) => {
      passage.status = answer.statusCode ?? 0;
      answer.on("error", () => to.destroy());
      if (lose !== undefined) answer.resume().on("end", () => void lose().then(() => to.destroy()));
      else if (to.destroyed) answer.resume();
      else {
        to.writeHead(passage.status, answer.headers).flushHeaders();
        answer.pipe(to);
      }
    });
    onward.on("error", () => to.destroy());
    // Who ends a session leaves before the answer when this machine is busy; the request gets there all the same.
    if (passage.verb !== "DELETE") to.on("close", () => onward.destroy());
    onward.end(passage.body);
  };

  const http = createServer((from, to) => {
    const chunks: Buffer[] = [];
    from.on("data", (chunk: Buffer) => chunks.push(chunk));
    from.on("end", () => {
      const passage = {
        verb: from.method ?? "",
        body: Buffer.concat(chunks).toString("utf8"),
        sessionId: from.headers["mcp-session-id"]?.toString(),
        status: 0,
      };
      passages.push(passage);
      pass(passage, from, to);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    passages,
    loseAnswerTo: (tool, lose) => void (losing = { tool, lose }),
    close: async () => {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeAllConnections();
      await closed;
    },
  };
}
