import { beforeEach, describe, expect, it } from "vitest";
import { createListeners, type Listeners } from "#server/utils/changes/create-listeners";
import type { Change } from "#server/utils/context";
import { createRecordingLog } from "../../helpers/recording-log";

const CHANGE: Change = {
  seq: 1,
  kind: "message",
  direction: "inbound",
  phoneNumberId: "number",
  conversationId: "conversation",
  messageId: "message",
  ownerClientId: null,
};

let listeners: Listeners;
let heard: string[];
let lines: string[];

beforeEach(() => {
  const recording = createRecordingLog();
  lines = recording.lines;
  listeners = createListeners(recording.log);
  heard = [];
});

const listen = (name: string, ids?: string[]) =>
  listeners.subscribe(
    (change) => void heard.push(`${name} ${change?.seq}`),
    ids && { ids, keyId: `key of ${name}` },
  );

describe("listeners", () => {
  it("hear what concerns them, once, and nothing else", () => {
    listen("all");
    listen("number", ["number"]);
    listen("conversation", ["elsewhere", "conversation"]);
    listen("message", ["message"]);
    listen("everything of it", ["number", "conversation", "message"]);
    listen("others", ["another number", "another conversation"]);
    listeners.tell(CHANGE);
    expect(heard.toSorted()).toEqual([
      "all 1",
      "conversation 1",
      "everything of it 1",
      "message 1",
      "number 1",
    ]);
  });

  it("all hear that anything may have changed", () => {
    listen("all");
    listen("others", ["another number"]);
    listeners.tell(undefined);
    expect(heard).toEqual(["all undefined", "others undefined"]);
  });

  it("are counted by key, and leave nothing behind when they end", () => {
    const ends = [listen("ann", ["number"]), listen("ann", ["number", "conversation"]), listen("all")];
    expect([listeners.size, listeners.countOf("key of ann"), listeners.countOf("key of bob")]).toEqual([
      3, 2, 0,
    ]);
    for (const end of ends) end();
    for (const end of ends) end();
    listeners.tell(CHANGE);
    listeners.tell(undefined);
    expect(heard).toEqual([]);
    expect([listeners.size, listeners.countOf("key of ann")]).toEqual([0, 0]);
  });

  it("do not keep each other from hearing: not by failing, not by ending one another", () => {
    listeners.subscribe(() => {
      throw new Error("broken");
    });
    listeners.subscribe(() => end());
    const end = listen("ended");
    listen("last");
    listeners.tell(CHANGE);
    expect(heard).toEqual(["last 1"]);
    expect(lines).toHaveLength(1);
  });
});
