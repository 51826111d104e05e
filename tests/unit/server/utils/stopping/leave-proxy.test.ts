import { once } from "node:events";
import { Agent, request as send, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { leaveProxy } from "#server/utils/stopping/leave-proxy";
import { trackAnswers } from "#server/utils/stopping/track-answers";
import { listen, type Listening } from "../../helpers/listen";

const REQUEST = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

describe("a server that leaves its proxy", () => {
  let server: Listening;
  let answers: ReadonlySet<ServerResponse>;
  let open: ServerResponse[];
  let agent: Agent;
  beforeEach(async () => {
    open = [];
    server = await listen((request, response) => {
      request.resume();
      if (request.url === "/wait") {
        open.push(response);
        if (request.method === "GET") response.flushHeaders();
      } else response.end("done");
    });
    answers = trackAnswers(server.server);
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });
  afterEach(async () => {
    agent.destroy();
    await server.stop();
  });

  async function ask(method: string, path: string): Promise<IncomingMessage> {
    const sent = send({ port: server.port, host: "127.0.0.1", method, path, agent });
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    return answer;
  }

  it("answers what is on its way in connections that it had not taken in yet", async () => {
    const sockets = Array.from({ length: 40 }, () => connect(server.port, "127.0.0.1"));
    const texts = sockets.map((socket) => {
      socket.write(REQUEST);
      return text(socket);
    });
    // The kernel has them all; this process has seen none.
    await once(sockets[0] ?? server.server, "connect");
    const { closed } = await leaveProxy(server.server, answers);
    for (const answer of await Promise.all(texts)) expect(answer).toMatch(/^HTTP\/1.1 200 [^]*done$/);
    await closed;
  });

  it("serves on a kept connection, and closes it with that answer", async () => {
    await text(await ask("POST", "/"));
    await leaveProxy(server.server, answers);
    const answer = await ask("POST", "/");
    expect(await text(answer)).toBe("done");
    expect(answer.headers.connection).toBe("close");
    await expect(ask("POST", "/")).rejects.toThrow("ECONNREFUSED");
  });

  it("serves once more where an answer ends that had begun, and closes with that", async () => {
    const begun = await ask("GET", "/wait");
    await leaveProxy(server.server, answers);
    open[0]?.end("first");
    expect(await text(begun)).toBe("first");
    const next = await ask("POST", "/");
    expect([await text(next), next.headers.connection]).toEqual(["done", "close"]);
  });

  it("finishes answers that had not begun, and those that had, and closes after them", async () => {
    const begun = await ask("GET", "/wait");
    const notBegun = send({ port: server.port, host: "127.0.0.1", method: "POST", path: "/wait" });
    notBegun.end();
    while (open.length < 2) await once(server.server, "request");
    const { closed, turnAway } = await leaveProxy(server.server, answers);
    turnAway();
    open[0]?.end("first");
    open[1]?.end("second");
    expect(await text(begun)).toBe("first");
    const [later] = (await once(notBegun, "response")) as [IncomingMessage];
    expect(later.headers.connection).toBe("close");
    expect(await text(later)).toBe("second");
    await closed;
  });
});
