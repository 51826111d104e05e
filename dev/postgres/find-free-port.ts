import { once } from "node:events";
import { createServer } from "node:net";

/** Asks the kernel for a TCP port that is free on 127.0.0.1 at this moment; another process may still take it. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The kernel named no port.");
  return address.port;
}
