import { spawn } from "node:child_process";
import getPort from "get-port";
import { describe, expect, it } from "vitest";
import { until } from "#dev/stack/until";
import { createTestDatabase } from "#tests/helpers/postgres/create-test-database";
import { ensureBuilt } from "../../../scripts/ensure-built";

interface Run {
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
  kill(): void;
}

async function start(env: Record<string, string>): Promise<Run> {
  const { serverFile } = await ensureBuilt(() => {});
  const child = spawn(process.execPath, [serverFile], { env, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return { stderr: () => stderr, exited, kill: () => child.kill("SIGTERM") };
}

const complete = (databaseUrl: string, port: number): Record<string, string> => ({
  PORT: String(port),
  DATABASE_URL: databaseUrl,
  META_APP_SECRET: "app-secret-value",
  META_VERIFY_TOKEN: "verify-token-value",
  META_ACCESS_TOKEN: "access-token-value",
  API_KEY_PEPPER: "pepper-value-".repeat(4),
  MEDIA_URL_SECRET: "media-value-".repeat(4),
  INNGEST_DEV: "http://127.0.0.1:9",
});

describe("the start of the built server", () => {
  it("ends with one message that names every problem and no secret", async () => {
    const env = {
      ...complete("mysql://secret-host/x", 1),
      API_KEY_PEPPER: "too-short-secret",
      META_APP_SECRET: "",
      PORT: "http",
    };
    const run = await start(env);
    expect(await run.exited).toBe(1);
    const message = run.stderr();
    for (const name of ["DATABASE_URL", "API_KEY_PEPPER", "META_APP_SECRET", "PORT"])
      expect(message).toContain(name);
    for (const value of ["secret-host", "too-short-secret", "access-token-value"])
      expect(message).not.toContain(value);
  });

  it("lets two processes start at once on an empty database, and stops each on SIGTERM", async () => {
    const database = await createTestDatabase();
    const ports = [await getPort(), await getPort()];
    const runs = await Promise.all(ports.map((port) => start(complete(database.url, port))));
    try {
      for (const port of ports) {
        const ready = async () => ((await fetch(`http://127.0.0.1:${port}/ready`)).ok ? true : undefined);
        await until("a ready server", 30_000, ready);
      }
    } finally {
      for (const run of runs) run.kill();
    }
    expect(await Promise.all(runs.map((run) => run.exited))).toEqual([0, 0]);
    await database.drop();
  });
});
