// The image's entry point. The first word says which program runs, the rest is the program's own:
//
//   docker run IMAGE                     the server
//   docker run IMAGE admin clients list  the operator's program
//
// It needs no shell, and the program runs in this very process, so that it gets every signal itself.
import { fileURLToPath } from "node:url";

const PROGRAMS = {
  serve: "server/index.mjs",
  migrate: "server/wamcp-migrate.mjs",
  admin: "server/wamcp-admin.mjs",
  doctor: "server/wamcp-doctor.mjs",
  smoke: "server/wamcp-smoke.mjs",
};

const [, , word = "serve", ...rest] = process.argv;

if (word === "health") {
  process.exitCode = (await isReady()) ? 0 : 1;
} else if (Object.hasOwn(PROGRAMS, word)) {
  const program = new URL(PROGRAMS[word], import.meta.url);
  // As if it had been started by its own name: it looks for what lies beside it.
  process.argv = [process.execPath, fileURLToPath(program), ...rest];
  await import(program.href);
} else {
  process.stderr.write(`${word} is none of ${[...Object.keys(PROGRAMS), "health"].join(", ")}\n`);
  process.exitCode = 2;
}

async function isReady() {
  try {
    const url = `http://127.0.0.1:${process.env.PORT || "3000"}/ready`;
    return (await fetch(url, { signal: AbortSignal.timeout(4_000) })).ok;
  } catch {
    return false;
  }
}
