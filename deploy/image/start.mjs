// The image's entry point. The first word says which program runs, the rest is the program's own:
//
//   docker run IMAGE                     the server
//   docker run IMAGE admin clients list  the operator's program
//
// It needs no shell, and the program runs in this very process, so that it gets every signal itself.
import { createHmac } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAMS = {
  serve: "server/index.mjs",
  migrate: "server/wamcp-migrate.mjs",
  admin: "server/wamcp-admin.mjs",
  doctor: "server/wamcp-doctor.mjs",
  smoke: "server/wamcp-smoke.mjs",
};

const ORIGIN = `http://127.0.0.1:${process.env.PORT || "3000"}`;
const ANSWER_LIMIT_MS = 4_000;
const SYNC_LIMIT_MS = 30_000;
// Docker restarts what ends, not what hangs: after as many silent checks in a row, about a minute, the server is ended.
const SILENT_LIMIT = 6;
const PID_FILE = join(tmpdir(), "wamcp-server.pid");
const SILENCE_FILE = join(tmpdir(), "wamcp-server.silence");

const [, , word = "serve", ...rest] = process.argv;

if (word === "health") {
  process.exitCode = (await checkHealth()) ? 0 : 1;
} else if (word === "sync") {
  process.exitCode = (await tellInngest()) ? 0 : 1;
} else if (Object.hasOwn(PROGRAMS, word)) {
  const program = new URL(PROGRAMS[word], import.meta.url);
  if (word === "serve") {
    rmSync(SILENCE_FILE, { force: true });
    writeFileSync(PID_FILE, String(process.pid));
  }
  // As if it had been started by its own name: it looks for what lies beside it.
  process.argv = [process.execPath, fileURLToPath(program), ...rest];
  await import(program.href);
} else {
  process.stderr.write(`${word} is none of ${[...Object.keys(PROGRAMS), "health", "sync"].join(", ")}\n`);
  process.exitCode = 2;
}

// Whether the server is ready. One that only is not, because PostgreSQL is away say, is left alone: it comes back by itself.
async function checkHealth() {
  const [alive, ready] = await Promise.all([ask("/health"), ask("/ready")]);
  if (alive === "silent") endAfterSilence();
  else rmSync(SILENCE_FILE, { force: true });
  return ready === "good";
}

// A server that starts or stops refuses the connection; one that hangs takes it and says nothing.
async function ask(path) {
  try {
    return (await fetch(`${ORIGIN}${path}`, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })).ok
      ? "good"
      : "bad";
  } catch (error) {
    return error.name === "TimeoutError" ? "silent" : "refused";
  }
}

// The server here tells Inngest which functions there are. An Inngest that does not know one takes its events and runs nothing.
async function tellInngest() {
  try {
    const answer = await fetch(`${ORIGIN}/api/inngest`, {
      method: "PUT",
      headers: signCall(),
      signal: AbortSignal.timeout(SYNC_LIMIT_MS),
    });
    const { message } = await answer.json();
    process.stderr.write(answer.ok ? "Inngest knows the functions\n" : `Inngest was not told: ${message}\n`);
    return answer.ok;
  } catch (error) {
    process.stderr.write(`the server was not reached: ${error.message}\n`);
    return false;
  }
}

// As Inngest does it itself (inngest 4.24): HMAC-SHA256 of the time, keyed with the key's text. Without a key nobody asks for it.
function signCall() {
  const { INNGEST_SIGNING_KEY: setting = "", SECRETS_DIR = "/run/secrets" } = process.env;
  const file = setting.startsWith("secrets://")
    ? join(SECRETS_DIR, setting.slice("secrets://".length))
    : undefined;
  const key = (file ? readFileSync(file, "utf8") : setting).trim().replace(/^signkey-\w+-/, "");
  const seconds = String(Math.floor(Date.now() / 1000));
  if (key === "") return {};
  return {
    "x-inngest-signature": `t=${seconds}&s=${createHmac("sha256", key).update(seconds).digest("hex")}`,
  };
}

function endAfterSilence() {
  const silent = Number(read(SILENCE_FILE)) + 1;
  writeFileSync(SILENCE_FILE, String(silent));
  if (silent < SILENT_LIMIT) return;
  process.stderr.write(`the server was silent ${silent} times, and is ended\n`);
  rmSync(SILENCE_FILE);
  const pid = Number(read(PID_FILE));
  // 0 would be this program's own group.
  if (pid > 0) process.kill(pid, "SIGKILL");
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "0";
  }
}
