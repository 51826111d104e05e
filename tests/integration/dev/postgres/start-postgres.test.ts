import { access, chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import postgres from "postgres";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { startPostgres, type LocalPostgres, type StartPostgresOptions } from "#dev/postgres/start-postgres";
import { eventually } from "#tests/helpers/eventually";
import { isRunning } from "#tests/helpers/postgres/is-running";

const servers: LocalPostgres[] = [];

async function start(options: StartPostgresOptions = {}): Promise<LocalPostgres> {
  const server = await startPostgres(options);
  servers.push(server);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>> {
  const sql = postgres(url, { max: 1 });
  try {
    const [row] = await sql.unsafe(text);
    return { ...row };
  } finally {
    await sql.end();
  }
}

async function runFolderOf(server: LocalPostgres): Promise<string> {
  const row = await query(server.url(), "select current_setting('data_directory') as path");
  return dirname(String(row["path"]));
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

describe("startPostgres", { timeout: 60_000 }, () => {
  it("starts a durable PostgreSQL 16 with UTF-8 text, UTC and 200 connections, on loopback only", async () => {
    const server = await start();
    const row = await query(
      server.url(),
      `select current_setting('server_version_num')::int / 10000 as major,
        pg_encoding_to_char(encoding) as encoding, datcollate, lower('ÄÖ') as lower,
        current_setting('TimeZone') as zone, current_setting('max_connections') as connections,
        current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets
        from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({
      major: 16,
      encoding: "UTF8",
      datcollate: process.platform === "darwin" ? "C" : "C.UTF-8",
      lower: "äö",
      zone: "UTC",
      connections: "200",
      fsync: "on",
      commit: "on",
      addresses: "127.0.0.1",
      sockets: "",
    });
  });

  it("passes settings on", async () => {
    const server = await start({ settings: { fsync: "off", max_connections: "20" } });
    const row = await query(
      server.url(),
      "select current_setting('fsync') as fsync, current_setting('max_connections') as connections",
    );
    expect(row).toEqual({ fsync: "off", connections: "20" });
  });

  it("leaves neither a process nor a folder after stop, also when stopped twice", async () => {
    const onExit = vi.fn<() => void>();
    const server = await start({ onExit });
    const folder = await runFolderOf(server);
    await expect(access(folder)).resolves.toBeUndefined();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    await expect(access(folder)).rejects.toMatchObject({ code: "ENOENT" });
    expect(onExit).not.toHaveBeenCalled();
  });

  it("stops while a session is busy", async () => {
    const server = await start();
    const sql = postgres(server.url(), { max: 1, onclose: () => {} });
    const busy = sql`select pg_sleep(600)`.catch((error: { code: string }) => error.code);
    await eventually(async () => {
      const row = await query(
        server.url(),
        "select count(*)::int as busy from pg_stat_activity where wait_event = 'PgSleep'",
      );
      expect(row).toEqual({ busy: 1 });
    });
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
    expect(await busy).toMatch(/57P01|CONNECTION_/);
    await sql.end({ timeout: 0 });
  });

  it("asks for the password", async () => {
    const url = new URL((await start()).url());
    url.password = "wrong";
    await expect(query(url.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  });

  it("runs two servers at once", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    expect(one.port).not.toBe(two.port);
    await query(one.url(), "create table only_here ()");
    await expect(query(two.url(), "table only_here")).rejects.toMatchObject({ code: "42P01" });
  });

  it("takes the given port, and says so when it is taken", async () => {
    // A kept folder needs no initdb, during which another process might take the port that is free meanwhile.
    const parent = await mkdtemp(join(tmpdir(), "start-postgres-"));
    onTestFinished(() => rm(parent, { recursive: true, maxRetries: 10 }));
    await chmod(parent, 0o755);
    const dataDir = join(parent, "data");
    const first = await start({ dataDir });
    await first.stop();
    const second = await start({ dataDir, port: first.port });
    expect(second.port).toBe(first.port);
    expect(new URL(second.url("other")).pathname).toBe("/other");
    await expect(start({ port: first.port })).rejects.toThrow(`Port ${first.port} on 127.0.0.1 is taken`);
    await expect(query(second.url(), "select 1 as one")).resolves.toEqual({ one: 1 });
  });

  it("shows the end of the server's log when it does not start", async () => {
    const log = vi.fn<(line: string) => void>();
    await expect(start({ log, settings: { shared_buffers: "nonsense" } })).rejects.toThrow(
      /ended before it was ready[^]*invalid value for parameter "shared_buffers"/,
    );
    expect(log).toHaveBeenCalledWith(expect.stringContaining("shared_buffers"));
  });

  it("keeps statements and the values in them out of the log", async () => {
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    await query(server.url(), "create table phone (number text primary key)");
    await query(server.url(), "insert into phone values ('+15550001')");
    await expect(query(server.url(), "insert into phone values ('+15550001')")).rejects.toMatchObject({
      code: "23505",
    });
    await server.stop();
    expect(lines.join("\n")).toContain("duplicate key value");
    expect(lines.join("\n")).not.toContain("+15550001");
  });

  it("notices that the server was killed, and still removes the folder", async () => {
    const onExit = vi.fn<(code: number | null, signal: string | null) => void>();
    const server = await start({ onExit });
    const folder = await runFolderOf(server);
    process.kill(server.pid, "SIGKILL");
    await eventually(() => expect(onExit).toHaveBeenCalledExactlyOnceWith(null, "SIGKILL"));
    await server.stop();
    await expect(access(folder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("refuses a folder that holds other files", async () => {
    const parent = await mkdtemp(join(tmpdir(), "start-postgres-"));
    try {
      await expect(start({ dataDir: dirname(parent) })).rejects.toThrow(/holds no PostgreSQL data/);
    } finally {
      await rm(parent, { recursive: true });
    }
  });
});
