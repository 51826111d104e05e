import { describe, expect, it } from "vitest";
import type { Change } from "#server/utils/context";
import { describeConversation } from "#server/utils/mcp/resources/describe-conversation";
import { listFixedResources } from "#server/utils/mcp/resources/list-fixed-resources";
import { listResourceTemplates } from "#server/utils/mcp/resources/list-resource-templates";
import { readResourceUri, writeResourceUri } from "#server/utils/mcp/resources/resource-uri";
import { touchedUris } from "#server/utils/mcp/resources/touched-uris";
import { createGrant, createPrincipal } from "../../helpers/create-principal";

const CONVERSATION = "01980000-0000-7000-8000-0000000000c1";
const OWN = createGrant({ phoneNumberId: "id-1", waPhoneNumberId: "101", label: "Shop" });
const ALL = createGrant({ phoneNumberId: "id-2", waPhoneNumberId: "102", label: "Help", visibility: "all" });
const principal = createPrincipal({ clientId: "client-a", grants: [OWN, ALL] });

const changeOf = (change: Partial<Change> = {}): Change => ({
  seq: 1,
  kind: "message",
  direction: "inbound",
  phoneNumberId: "id-1",
  conversationId: CONVERSATION,
  messageId: "m",
  ownerClientId: "client-a",
  ...change,
});

describe("touchedUris", () => {
  const inbox = "wamcp://inbox";
  const conversation = `wamcp://conversations/${CONVERSATION}`;

  it("names the inbox, the number and the conversation of a message from a person", () => {
    expect(touchedUris(principal, changeOf())).toEqual([inbox, "wamcp://numbers/101/messages", conversation]);
  });

  it("leaves the inbox out for what we sent and what became of it", () => {
    for (const kind of ["message", "status"] as const) {
      expect(touchedUris(principal, changeOf({ kind, direction: "outbound" }))).toEqual([
        "wamcp://numbers/101/messages",
        conversation,
      ]);
    }
  });

  it("says nothing of a conversation that is another's, or nobody's, on a number seen as own", () => {
    for (const ownerClientId of ["client-b", null]) {
      expect(touchedUris(principal, changeOf({ ownerClientId }))).toEqual([]);
    }
  });

  it("tells of everybody's conversations on a number seen as all", () => {
    for (const ownerClientId of ["client-a", "client-b", null]) {
      expect(touchedUris(principal, changeOf({ phoneNumberId: "id-2", ownerClientId }))).toEqual([
        inbox,
        "wamcp://numbers/102/messages",
        conversation,
      ]);
    }
  });

  it("says nothing of a number that the key may not read", () => {
    const silent = [
      createPrincipal({ clientId: "client-a", grants: [] }),
      createPrincipal({ clientId: "client-a", grants: [ALL] }),
      createPrincipal({ clientId: "client-a", grants: [OWN], scopes: ["numbers:102", "tools:get_messages"] }),
      createPrincipal({ clientId: "client-a", grants: [{ ...OWN, tools: ["send_message"] }] }),
      createPrincipal({ clientId: "client-a", grants: [OWN], scopes: ["numbers:101", "tools:send_message"] }),
      createPrincipal({ clientId: "client-a", grants: [OWN], scopes: ["numbers:*", "tools:get_messages"] }),
    ];
    for (const who of silent) expect(touchedUris(who, changeOf())).toEqual([]);
    expect(touchedUris(principal, changeOf({ phoneNumberId: "id-3" }))).toEqual([]);
  });
});

describe("listFixedResources", () => {
  it("lists the inbox and the numbers of the key", () => {
    expect(listFixedResources(principal).map(({ uri, title }) => [uri, title])).toEqual([
      ["wamcp://inbox", "Inbox"],
      ["wamcp://numbers/101/messages", "Messages of Shop"],
      ["wamcp://numbers/102/messages", "Messages of Help"],
    ]);
    expect(listFixedResources(createPrincipal({ grants: [] })).map(({ name }) => name)).toEqual(["inbox"]);
  });

  it("lists nothing for a key that may not read messages", () => {
    const scopes = ["numbers:101", "numbers:102", "tools:wait_for_messages"];
    expect(listFixedResources(createPrincipal({ grants: [OWN, ALL], scopes }))).toEqual([]);
  });

  it("lists only addresses that can be read", () => {
    for (const { uri } of listFixedResources(principal)) expect(readResourceUri(uri)).toBeDefined();
  });
});

describe("listResourceTemplates", () => {
  it("lists addresses that can be read once they are filled in", () => {
    const ids = { conversation_id: CONVERSATION, phone_number_id: "101" };
    for (const { uriTemplate } of listResourceTemplates(principal)) {
      const uri = uriTemplate.replace(/\{(\w+)\}/g, (_place, name: keyof typeof ids) => ids[name]);
      expect(readResourceUri(uri), uriTemplate).toBeDefined();
    }
    expect(listResourceTemplates(principal)).toHaveLength(2);
  });

  it("lists nothing for a key that may not read messages", () => {
    expect(listResourceTemplates(createPrincipal({ scopes: ["tools:ping"] }))).toEqual([]);
  });
});

describe("describeConversation", () => {
  it("names it by id and number, in our own words", () => {
    const described = describeConversation(principal, {
      id: CONVERSATION,
      waPhoneNumberId: "101",
      lastMessageAt: null,
    });
    expect(described).toEqual({
      uri: `wamcp://conversations/${CONVERSATION}`,
      name: `conversation-${CONVERSATION}`,
      title: `Conversation ${CONVERSATION}`,
      description: "The newest messages of a conversation on Shop",
      mimeType: "application/json",
    });
    expect(readResourceUri(described.uri)).toBeDefined();
  });
});

describe("writeResourceUri", () => {
  it.each(["wamcp://inbox", "wamcp://numbers/101/messages", `wamcp://conversations/${CONVERSATION}`])(
    "writes %s as it is read",
    (uri) => {
      const target = readResourceUri(uri);
      expect(target && writeResourceUri(target)).toBe(uri);
    },
  );
});

describe("readResourceUri", () => {
  it("reads each kind of address", () => {
    expect(readResourceUri("wamcp://inbox")).toEqual({ kind: "inbox" });
    expect(readResourceUri("wamcp://numbers/106540352242922/messages")).toEqual({
      kind: "number",
      waPhoneNumberId: "106540352242922",
    });
    expect(readResourceUri(`wamcp://conversations/${CONVERSATION}`)).toEqual({
      kind: "conversation",
      conversationId: CONVERSATION,
    });
  });

  it.each([
    "",
    "wamcp://inbox/",
    "wamcp://inbox?x",
    "WAMCP://inbox",
    "wamcp://numbers//messages",
    "wamcp://numbers/101",
    "wamcp://numbers/101/messages/",
    "wamcp://numbers/1a/messages",
    `wamcp://numbers/${"1".repeat(33)}/messages`,
    "wamcp://conversations/1",
    `wamcp://conversations/${CONVERSATION.toUpperCase()}`,
    `wamcp://conversations/${CONVERSATION}\n`,
    `x wamcp://conversations/${CONVERSATION}`,
    "file:///etc/passwd",
  ])("does not know %j", (uri) => expect(readResourceUri(uri)).toBeUndefined());
});
