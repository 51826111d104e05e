import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createApiKeyToken } from "#server/utils/auth/api-key-format";
import { readCredentials } from "#server/utils/auth/read-credentials";

const KEY = createApiKeyToken("live");
const OTHER = createApiKeyToken("test");
const GOOD = `Bearer ${KEY.token}`;
const encode = (text: string) => [...text].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join("");

describe("readCredentials", () => {
  it("reads the one key of the one header, whatever its casing", () => {
    for (const name of ["authorization", "Authorization", "AUTHORIZATION"]) {
      expect(readCredentials(["Host", "x", name, GOOD, "Accept", "*/*"], "/mcp")).toEqual({ token: KEY });
    }
    expect(readCredentials(["authorization", `bearer ${KEY.token}`], "/mcp?x=1")).toEqual({ token: KEY });
  });

  it("does not take another header for it, nor a value for a name", () => {
    expect(readCredentials(["Proxy-Authorization", GOOD, "X-Api-Key", KEY.token], "/mcp")).toEqual({
      fault: "missing",
    });
    expect(readCredentials(["X-Name", "authorization", "X-Other", GOOD], "/mcp")).toEqual({
      fault: "missing",
    });
    expect(readCredentials([], "/mcp")).toEqual({ fault: "missing" });
  });

  it.each([
    ["nothing", ""],
    ["no scheme", KEY.token],
    ["another scheme", `Basic ${KEY.token}`],
    ["no token", "Bearer"],
    ["a space too many", `Bearer  ${KEY.token}`],
    ["a tab", `Bearer\t${KEY.token}`],
    ["a wrong checksum", `Bearer ${KEY.token.slice(0, -1)}-`],
    ["quotes", `Bearer "${KEY.token}"`],
    ["a scheme glued to the token", `Bearer:${KEY.token}`],
  ])("calls a header with %s malformed", (_, header) => {
    expect(readCredentials(["authorization", header], "/mcp")).toEqual({ fault: "malformed" });
  });

  it.each([
    ["the same header twice", ["authorization", GOOD, "authorization", GOOD], "/mcp"],
    ["it in two casings", ["authorization", GOOD, "Authorization", `Bearer ${OTHER.token}`], "/mcp"],
    ["an empty one beside it", ["authorization", GOOD, "AUTHORIZATION", ""], "/mcp"],
    ["a list", ["authorization", `${GOOD}, ${GOOD}`], "/mcp"],
    ["a list without spaces", ["authorization", `${GOOD},x`], "/mcp"],
    ["two tokens", ["authorization", `${GOOD} ${OTHER.token}`], "/mcp"],
    ["the key in the query too", ["authorization", GOOD], `/mcp?key=${KEY.token}`],
    ["the key in the query alone", [], `/mcp?a=1&api_key=${KEY.token}`],
    ["the key in the path", [], `/mcp/${KEY.token}`],
    ["the key encoded", ["authorization", GOOD], `/mcp?key%3D${KEY.token}`],
    ["the key encoded sign by sign", [], `/mcp?${encode(KEY.token)}`],
    ["the key beside a broken sign", [], `/mcp?%E0%A4%A&%7${encode(KEY.token)}`],
  ])("refuses %s, and knows which key has leaked", (_, headers, url) => {
    expect(readCredentials(headers, url)).toEqual({ fault: "smuggled", token: KEY });
  });

  it.each(["/mcp?k=wamcp_live_", "/mcp?WAMCP_TEST_x", "/wamcp_live_/mcp"])(
    "refuses whatever looks like a key in %s",
    (url) => {
      expect(readCredentials(["authorization", GOOD], url).fault).toBe("smuggled");
    },
  );

  it("takes whatever comes without throwing, and never finds a key in it", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (headers, url) => {
        expect(readCredentials(["authorization", ...headers], url)).not.toHaveProperty("token");
      }),
    );
  });
});
