import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigError, readConfig } from "#server/utils/config";

const LEAST = {
  DATABASE_URL: "postgres://wamcp@localhost/wamcp",
  META_APP_SECRET: "app-secret",
  META_VERIFY_TOKEN: "verify-token",
  META_ACCESS_TOKEN: "access-token",
  API_KEY_PEPPER: "p".repeat(32),
  MEDIA_URL_SECRET: "m".repeat(32),
  INNGEST_DEV: "http://127.0.0.1:8288",
};

function problemsOf(environment: Record<string, string | undefined>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

function secretsDir(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), "config-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

describe("readConfig", () => {
  it("fills in everything that has a sensible value", () => {
    const config = readConfig(LEAST);
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      publicUrl: "http://127.0.0.1:3000",
      graph: { baseUrl: "https://graph.facebook.com", version: "v23.0", timeoutMs: 30_000 },
      settleAfterMs: 90_000,
      inboxFastPath: true,
      logLevel: "info",
      inngest: { dev: "http://127.0.0.1:8288", serveOrigin: "http://127.0.0.1:3000" },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("lists every problem at once", () => {
    const message = problemsOf({});
    for (const name of [
      "DATABASE_URL",
      "META_APP_SECRET",
      "META_VERIFY_TOKEN",
      "META_ACCESS_TOKEN",
      "API_KEY_PEPPER",
      "MEDIA_URL_SECRET",
      "INNGEST_EVENT_KEY",
      "INNGEST_SIGNING_KEY",
    ]) {
      expect(message).toContain(`  - ${name} is missing`);
    }
  });

  it("never repeats a value, which may be a secret", () => {
    const message = problemsOf({
      ...LEAST,
      API_KEY_PEPPER: "too-short-pepper",
      DATABASE_URL: "mysql://user:password@host/db",
      PORT: "99999",
      LOG_LEVEL: "loudest",
      GRAPH_API_VERSION: "twenty-three",
      SEND_TIMEOUT_MS: "1e9",
    });
    expect(message).toContain("API_KEY_PEPPER must have at least 32 characters");
    expect(message).toContain("DATABASE_URL must be a postgres:// URL");
    expect(message).toContain("PORT is malformed");
    expect(message).toContain("LOG_LEVEL must be one of silent, error, warn, info, debug");
    for (const value of ["too-short", "mysql", "password", "99999", "loudest", "twenty", "1e9"]) {
      expect(message).not.toContain(value);
    }
  });

  it("takes an empty line for a missing one", () => {
    expect(problemsOf({ ...LEAST, META_VERIFY_TOKEN: "" })).toContain("META_VERIFY_TOKEN is missing");
    expect(readConfig({ ...LEAST, LOG_LEVEL: "" }).logLevel).toBe("info");
  });

  it.each([undefined, "", "0"])("needs Inngest's keys when INNGEST_DEV is %j", (dev) => {
    const message = problemsOf({ ...LEAST, INNGEST_DEV: dev });
    expect(message).toContain("INNGEST_EVENT_KEY is missing");
    expect(message).toContain("INNGEST_SIGNING_KEY is missing");
    const keys = { INNGEST_EVENT_KEY: "event-key", INNGEST_SIGNING_KEY: "signing-key" };
    expect(readConfig({ ...LEAST, INNGEST_DEV: dev, ...keys }).inngest).toMatchObject({
      eventKey: "event-key",
      signingKey: "signing-key",
    });
  });

  it("accepts several app secrets while one replaces another", () => {
    expect(readConfig({ ...LEAST, META_APP_SECRET: "new, old ,," }).meta.appSecrets).toEqual(["new", "old"]);
  });

  it("refuses a list of app secrets without one in it, which would refuse every webhook", () => {
    expect(problemsOf({ ...LEAST, META_APP_SECRET: " , " })).toContain("META_APP_SECRET must");
  });

  it("takes slashes off the ends of addresses", () => {
    const config = readConfig({
      ...LEAST,
      PUBLIC_URL: "https://wa.example.com//",
      GRAPH_API_BASE_URL: "http://127.0.0.1:4000/",
    });
    expect(config.publicUrl).toBe("https://wa.example.com");
    expect(config.inngest.serveOrigin).toBe("https://wa.example.com");
    expect(config.graph.baseUrl).toBe("http://127.0.0.1:4000");
  });

  it("reads who may call /mcp: names and origins as browsers send them", () => {
    const config = readConfig({
      ...LEAST,
      HOST: "::",
      PUBLIC_URL: "https://wa.example.com",
      ALLOWED_HOSTS: " Inner, [2001:DB8::1] ,",
      ALLOWED_ORIGINS: "https://App.example.com/, http://127.0.0.1:8080",
    });
    expect(config.edge).toEqual({
      hosts: new Set(["wa.example.com", "inner", "[2001:db8::1]"]),
      origins: new Set(["https://wa.example.com", "https://app.example.com", "http://127.0.0.1:8080"]),
      corsOrigins: new Set(["https://app.example.com", "http://127.0.0.1:8080"]),
      isLocal: false,
    });
    for (const HOST of ["127.0.0.1", "localhost", "::1"]) {
      const { edge } = readConfig({ ...LEAST, HOST });
      expect(edge.isLocal).toBe(true);
      expect([...edge.hosts].toSorted()).toEqual(["127.0.0.1", "[::1]", "localhost"]);
    }
  });

  it.each([
    ["ALLOWED_HOSTS", "wa.example.com:443"],
    ["ALLOWED_HOSTS", "https://wa.example.com"],
    ["ALLOWED_HOSTS", "*"],
    ["ALLOWED_HOSTS", "*.example.com"],
    ["ALLOWED_ORIGINS", "*"],
    ["ALLOWED_ORIGINS", "null"],
    ["ALLOWED_ORIGINS", "app.example.com"],
    ["ALLOWED_ORIGINS", "https://app.example.com/path"],
    ["ALLOWED_ORIGINS", "https://a@app.example.com"],
    ["ALLOWED_ORIGINS", "file:///x"],
    ["ALLOWED_ORIGINS", "https://app.example.com https://b.example.com"],
    ["HOST", "not a host"],
  ])("refuses %s=%s", (name, value) => {
    expect(problemsOf({ ...LEAST, [name]: value })).toContain(`${name} must`);
  });

  it("turns the fast path off when told to", () => {
    expect(readConfig({ ...LEAST, INBOX_FAST_PATH: "off" }).inboxFastPath).toBe(false);
    expect(problemsOf({ ...LEAST, INBOX_FAST_PATH: "no" })).toContain(
      'INBOX_FAST_PATH must be "on" or "off"',
    );
  });

  it("paces sends to one person unless told not to", () => {
    expect(readConfig(LEAST).pairRate).toBe(true);
    expect(readConfig({ ...LEAST, PAIR_RATE: "off" }).pairRate).toBe(false);
  });

  it("reads secrets from files", () => {
    const SECRETS_DIR = secretsDir({ token: "from-a-file\n", pepper: "x".repeat(40) });
    const config = readConfig({
      ...LEAST,
      SECRETS_DIR,
      META_ACCESS_TOKEN: "secrets://token",
      API_KEY_PEPPER: "secrets://pepper",
    });
    expect(config.meta.accessToken).toBe("from-a-file");
    expect(config.apiKeyPeppers.current).toEqual({ version: 1, secret: "x".repeat(40) });
  });

  it("takes an optional secret's empty file as not set", () => {
    const SECRETS_DIR = secretsDir({ previous: "" });
    const config = readConfig({ ...LEAST, SECRETS_DIR, API_KEY_PEPPER_PREVIOUS: "secrets://previous" });
    expect(config.apiKeyPeppers.previous).toBeUndefined();
  });

  it("has one login for everything, or one per role", () => {
    const url = LEAST.DATABASE_URL;
    expect(readConfig(LEAST).databaseLogins).toEqual({ ownerUrl: url, clientUrl: url, archiverUrl: url });
    const logins = {
      DATABASE_OWNER_URL: "postgres://owner@localhost/wamcp",
      DATABASE_CLIENT_URL: "postgres://client@localhost/wamcp",
      DATABASE_ARCHIVER_URL: "postgres://archiver@localhost/wamcp",
    };
    expect(readConfig({ ...LEAST, ...logins })).toMatchObject({
      databaseUrl: url,
      databaseLogins: {
        ownerUrl: logins.DATABASE_OWNER_URL,
        clientUrl: logins.DATABASE_CLIENT_URL,
        archiverUrl: logins.DATABASE_ARCHIVER_URL,
      },
    });
    expect(problemsOf({ ...LEAST, DATABASE_CLIENT_URL: "mysql://x" })).toContain(
      "DATABASE_CLIENT_URL must be a postgres:// URL",
    );
  });

  it("names a secret that cannot be read once, and an empty one as missing", () => {
    const SECRETS_DIR = secretsDir({ empty: "\n" });
    const message = problemsOf({
      ...LEAST,
      SECRETS_DIR,
      API_KEY_PEPPER: "secrets://absent",
      META_VERIFY_TOKEN: "secrets://empty",
    });
    expect(message).toContain('API_KEY_PEPPER: the secret file "absent" cannot be read in SECRETS_DIR');
    expect(message.match(/API_KEY_PEPPER/g)).toHaveLength(1);
    expect(message).toContain("META_VERIFY_TOKEN is missing");
  });
});

describe("the environment's numbers", () => {
  it("refuse a previous pepper without a version that has counted up", () => {
    const API_KEY_PEPPER_PREVIOUS = "q".repeat(32);
    expect(problemsOf({ ...LEAST, API_KEY_PEPPER_PREVIOUS })).toContain(
      "API_KEY_PEPPER_VERSION must count up",
    );
    const { apiKeyPeppers } = readConfig({ ...LEAST, API_KEY_PEPPER_PREVIOUS, API_KEY_PEPPER_VERSION: "2" });
    expect(apiKeyPeppers.previous).toEqual({ version: 1, secret: API_KEY_PEPPER_PREVIOUS });
  });

  it("refuse to delete messages that Meta still reports on", () => {
    expect(problemsOf({ ...LEAST, MESSAGE_KEEP_DAYS: "30" })).toContain(
      "MESSAGE_KEEP_DAYS must be 0, or more than 30",
    );
    for (const days of ["0", "31"]) readConfig({ ...LEAST, MESSAGE_KEEP_DAYS: days });
  });
});
