import { describe, expect, it } from "vitest";
import { isMetaMediaUrl } from "#server/utils/meta/media-hosts";

const GRAPH = "https://graph.facebook.com";
const isMeta = (url: string, graph = GRAPH): boolean => isMetaMediaUrl(new URL(url), graph);

describe("isMetaMediaUrl", () => {
  it.each([
    "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
    "https://graph.facebook.com/v23.0/1",
    "https://scontent.xx.fbcdn.net/a",
    "https://mmg.whatsapp.net/a",
  ])("%s is Meta's", (url) => {
    expect(isMeta(url)).toBe(true);
  });

  it.each([
    "http://lookaside.fbsbx.com/a",
    "https://lookaside.fbsbx.com:8443/a",
    "https://me:secret@lookaside.fbsbx.com/a",
    "https://lookaside.fbsbx.com.example.com/a",
    "https://evil-fbcdn.net/a",
    "https://fbcdn.net.example.com/a",
    "https://example.com/lookaside.fbsbx.com",
    "https://graph.facebook.com@example.com/a",
  ])("%s is not", (url) => {
    expect(isMeta(url)).toBe(false);
  });

  it("takes Graph's own address for Meta's, wherever it is said to be, and no other on that host", () => {
    expect(isMeta("http://127.0.0.1:4000/a", "http://127.0.0.1:4000")).toBe(true);
    expect(isMeta("http://127.0.0.1:4001/a", "http://127.0.0.1:4000")).toBe(false);
  });
});
