import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askGraph } from "#server/utils/meta/ask-graph";
import { createGraphClient } from "#server/utils/meta/graph-client";
import { graphCalls, type GraphCall } from "#server/utils/meta/graph-calls";
import { startGraphStub, type GraphStub } from "#tests/helpers/server/start-graph-stub";

let stub: GraphStub;
let reported: GraphCall[];
let stop: () => void;
beforeEach(async () => {
  stub = await startGraphStub();
  reported = [];
  stop = graphCalls.subscribe((call) => reported.push(call));
});
afterEach(async () => {
  stop();
  await stub.close();
});

const address = () => ({ baseUrl: stub.url, version: "v23.0", timeoutMs: 2_000 });
const outcomes = () => reported.map(({ operation, outcome }) => `${operation} ${outcome}`);
const error = (code: number) => ({ error: { code, message: "x" } });

describe("what is reported of calls to Graph", () => {
  it.each([
    [200, { messages: [{ id: "wamid.1" }] }, "accepted"],
    [401, error(190), "needs_person"],
    [400, error(131026), "failed"],
    [429, error(130429), "retry"],
    [500, "<html>", "uncertain"],
  ])("names a send that ends with %d %j %s", async (status, body, outcome) => {
    stub.answer(status, body);
    const client = createGraphClient(address());
    await client.sendMessage({ phoneNumberId: "1", accessToken: "token", payload: {} });
    expect(outcomes()).toEqual([`send ${outcome}`]);
    expect(reported[0]?.durationMs).toBeGreaterThan(0);
  });

  it.each([
    [200, { id: "1" }, "accepted"],
    [401, error(190), "needs_person"],
    [404, {}, "failed"],
    [502, "<html>", "retry"],
  ])("names a question that ends with %d %j %s", async (status, body, outcome) => {
    stub.answer(status, body);
    await askGraph({ ...address(), accessToken: "token" }, { path: "1" });
    await askGraph({ ...address(), accessToken: "token" }, { path: "1", body: {} });
    expect(outcomes()).toEqual([`read ${outcome}`, `write ${outcome}`]);
  });

  it("names a question without an answer", async () => {
    await stub.close();
    await askGraph({ ...address(), accessToken: "token" }, { path: "1" });
    expect(outcomes()).toEqual(["read no_answer"]);
    stub = await startGraphStub();
  });
});
