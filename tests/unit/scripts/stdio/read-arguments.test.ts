import { describe, expect, it } from "vitest";
import { readArguments } from "../../../../scripts/stdio/read-arguments";

const CONVERSATION = "019f0000-0000-7000-8000-00000000000a";

describe("readArguments", () => {
  it.each([
    [[], { kind: "bridge" }],
    [["--check"], { kind: "check" }],
    [["-h"], { kind: "help" }],
    [["watch"], { kind: "watch", filter: {}, since: "now" }],
    [["watch", "--help"], { kind: "help" }],
    [
      ["watch", "--number", "7", "--conversation", CONVERSATION, "--since", "unread"],
      {
        kind: "watch",
        filter: { phone_number_id: "7", conversation_id: CONVERSATION },
        since: "unread",
      },
    ],
  ])("reads %j", (argv, command) => {
    expect(readArguments(argv)).toEqual(command);
  });

  it.each([
    [["--watch"]],
    [["wamcp_live_secret"]],
    [["--since", "now"]],
    [["watch", "--check"]],
    [["watch", "now"]],
    [["watch", "--since", "yesterday"]],
    [["watch", "--number", "+16505551234"]],
    [["watch", "--conversation", "Ada"]],
    [["watch", "--since"]],
  ])("refuses %j", (argv) => {
    expect(readArguments(argv)).toBeUndefined();
  });
});
