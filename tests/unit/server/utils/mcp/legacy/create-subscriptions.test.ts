import { beforeEach, describe, expect, it } from "vitest";
import type { Principal } from "#server/utils/auth/principal";
import type { SystemContext } from "#server/utils/context";
import {
  createSubscriptions,
  type Subscriptions,
} from "#server/utils/mcp/legacy/streams/create-subscriptions";
import { createTeller, type Teller } from "#server/utils/mcp/legacy/streams/create-teller";

let told: string[];
let teller: Teller;
let subscriptions: Subscriptions;
beforeEach(() => {
  told = [];
  teller = createTeller({ lastSeq: () => 10, tell: (uri) => void told.push(uri) });
  subscriptions = createSubscriptions({
    system: { changes: { lastSeq: 10 } } as SystemContext,
    sessionId: "session",
    principal: () => ({}) as Principal,
    teller,
  });
  for (const uri of ["a", "b"]) subscriptions.subscribed(uri, 10);
  teller.begin(10, new Map());
});

describe("a comparison", () => {
  it("takes over what stands in the database, and tells of what it did not know", () => {
    subscriptions.compare()(["a", "c"]);
    expect([[...teller.uris], told]).toEqual([["a", "c"], ["c"]]);
  });

  it("leaves alone what was told of since it was begun", () => {
    const take = subscriptions.compare();
    subscriptions.subscribed("new", 10);
    subscriptions.unsubscribed("b");
    take(["a", "b"]);
    expect([[...teller.uris], told]).toEqual([["a", "new"], []]);
  });

  it("takes over next time what was told of before it was begun", () => {
    subscriptions.compare();
    subscriptions.subscribed("new", 10);
    subscriptions.compare()(["a", "b"]);
    expect([...teller.uris]).toEqual(["a", "b"]);
  });
});
