import { createServer } from "node:http";
import process from "node:process";
import type { Answer } from "./answer";
import { createBareLegacy } from "./create-bare-legacy";
import { createBareModern } from "./create-bare-modern";

// As the server has it: a connection that rests while the other side is measured should still be there.
const KEEP_ALIVE_MS = 75_000;

const endpoints: Readonly<Record<string, Answer>> = {
  "/legacy": createBareLegacy(),
  "/modern": createBareModern(),
};

/** The SDKs over node:http and nothing else: `--port <number>`. It stands for what a call costs without this product. */
function main(port: number): void {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const answer = endpoints[request.url ?? ""];
    if (!answer) return response.writeHead(404).end();
    return answer(request, response).catch(() => void response.destroy());
  });
  server.listen(port, "127.0.0.1");
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => process.exit(0));
}

main(Number(process.argv[process.argv.indexOf("--port") + 1]));
