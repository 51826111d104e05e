import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** How one attempt ended. `unreachable`: no HTTP answer came because the connection failed. */
export type PostResult =
  | { kind: "answered"; status: number }
  | { kind: "unreachable"; error: string }
  | { kind: "timeout" };

/** Sends signed bodies over kept connections. */
export interface WebhookPoster {
  post(url: string, body: Buffer, signature: string, timeoutMs: number): Promise<PostResult>;
  close(): void;
}

/** A poster on node's own client: at a thousand webhooks per second `fetch` costs several times as much. */
export function createWebhookPoster(): WebhookPoster {
  const agents = {
    "http:": new HttpAgent({ keepAlive: true }),
    "https:": new HttpsAgent({ keepAlive: true }),
  };

  function post(url: string, body: Buffer, signature: string, timeoutMs: number): Promise<PostResult> {
    return new Promise((resolve) => {
      let target: URL;
      try {
        target = new URL(url);
      } catch {
        resolve({ kind: "unreachable", error: "no usable webhook URL" });
        return;
      }
      const secure = target.protocol === "https:";
      const send = secure ? httpsRequest : httpRequest;
      const agent = secure ? agents["https:"] : agents["http:"];
      const headers = {
        "content-type": "application/json",
        "content-length": body.length,
        "user-agent": "facebookexternalua",
        accept: "*/*",
        "x-hub-signature-256": signature,
      };
      const call = send(target, { method: "POST", agent, headers }, (answer) => {
        answer.resume();
        // A receiver that dies between its status line and its end has answered all that counts.
        answer.on("error", () => {});
        answer.once("close", () => resolve({ kind: "answered", status: answer.statusCode ?? 0 }));
      });
      call.setTimeout(timeoutMs, () => {
        resolve({ kind: "timeout" });
        call.destroy();
      });
      call.once("error", (error: NodeJS.ErrnoException) =>
        resolve({ kind: "unreachable", error: error.code ?? error.message }),
      );
      call.end(body);
    });
  }

  return {
    post,
    close() {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}
