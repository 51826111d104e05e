import { describe, expect, it } from "vitest";
import { checkEdge } from "#server/utils/edge/check-edge";
import { readEdge } from "#server/utils/edge/read-edge";

const publicEdge = readEdge({
  host: "0.0.0.0",
  publicUrl: "https://wa.example.com:8443",
  allowedHosts: ["inner", "[2001:db8::1]"],
  allowedOrigins: ["https://app.example.com"],
});
const localEdge = readEdge({
  host: "127.0.0.1",
  publicUrl: "http://127.0.0.1:3000",
  allowedHosts: [],
  allowedOrigins: [],
});
const hostOf = (edge: typeof publicEdge) => (host: string | undefined) =>
  checkEdge(edge, { host, origin: undefined });
const originOf = (edge: typeof publicEdge, host: string) => (origin: string) =>
  checkEdge(edge, { host, origin });

describe("the Host of a request", () => {
  it.each([
    "wa.example.com",
    "wa.example.com:8443",
    "wa.example.com:1",
    "WA.Example.com",
    "wa.example.com.",
    "wa.example.com.:8443",
    "inner",
    "[2001:db8::1]:80",
  ])("may be %j", (host) => expect(hostOf(publicEdge)(host)).toBeUndefined());

  it.each([
    undefined,
    "",
    ":8443",
    "evil.example",
    "evil.example:8443",
    "wa.example.com.evil.example",
    "evilwa.example.com",
    "wa.example.com@evil.example",
    "wa.example.com:8443:1",
    "wa.example.com, evil.example",
    "wa.example.com/x",
    "localhost",
    "127.0.0.1:8443",
    "0.0.0.0",
    "[2001:db8::2]",
    "2001:db8::1",
  ])("may not be %j", (host) => expect(hostOf(publicEdge)(host)).toBe("host"));

  it("may be this machine's own name where the server is bound to it", () => {
    for (const host of ["localhost:3000", "127.0.0.1", "[::1]:9"]) {
      expect(hostOf(localEdge)(host)).toBeUndefined();
    }
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"]) {
      expect(hostOf(localEdge)(host)).toBe("host");
    }
  });
});

describe("a PUBLIC_URL whose name ends with the dot of the root", () => {
  it("is the same name without it", () => {
    const edge = readEdge({
      host: "0.0.0.0",
      publicUrl: "https://wa.example.com.",
      allowedHosts: [],
      allowedOrigins: [],
    });
    expect(hostOf(edge)("wa.example.com")).toBeUndefined();
    expect(hostOf(edge)("wa.example.com.")).toBeUndefined();
  });
});

describe("the Origin of a request", () => {
  it("need not be there", () => {
    expect(checkEdge(publicEdge, { host: "inner", origin: undefined })).toBeUndefined();
  });

  it.each(["https://wa.example.com:8443", "https://app.example.com"])("may be %j", (origin) =>
    expect(originOf(publicEdge, "inner")(origin)).toBeUndefined(),
  );

  it.each([
    "",
    "null",
    "*",
    "https://evil.example",
    "http://app.example.com",
    "https://app.example.com:444",
    "https://app.example.com/",
    "https://app.example.com.evil.example",
    "https://wa.example.com",
    "http://localhost:3000",
    "https://inner",
  ])("may not be %j", (origin) => expect(originOf(publicEdge, "inner")(origin)).toBe("origin"));

  it("may be a page of this machine where the server can be reached only from there", () => {
    for (const origin of ["http://localhost:6274", "http://127.0.0.1:1", "https://[::1]"]) {
      expect(originOf(localEdge, "localhost")(origin)).toBeUndefined();
    }
    for (const origin of [
      "null",
      "http://evil.example",
      "http://localhost.evil.example",
      "http://localhost:1/x",
    ]) {
      expect(originOf(localEdge, "localhost")(origin)).toBe("origin");
    }
  });

  it("does not make up for a wrong Host", () => {
    expect(originOf(publicEdge, "evil.example")("https://app.example.com")).toBe("host");
  });
});
