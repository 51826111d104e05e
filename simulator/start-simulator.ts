import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp, createRouter, defineEventHandler, toNodeListener } from "h3";
import { createControl } from "./control/create-control";
import { registerControl } from "./control/register-control";
import type { SimulatorControl } from "./control/simulator-control";
import type { SimulatorOptions } from "./core/simulator-options";
import { createWorld } from "./core/create-world";
import type { World } from "./core/world";
import { registerGraph } from "./graph/register-graph";
import { servePage } from "./http/serve-page";
import { writeAnswer } from "./http/write-answer";

/** A running simulator. */
export interface Simulator extends SimulatorControl {
  /** Its base address, `http://host:port`: both the Graph API's and the page's. */
  url: string;
  port: number;
  /** Ends connections, timers and the server. */
  close(): Promise<void>;
}

// Longer than any client keeps an idle connection: one that closes first makes a client's next send fail in a way
// that looks like a lost message.
const KEEP_ALIVE_MS = 75_000;

/** Starts Meta's side in this process and resolves when it listens. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  if (options.numbers.length === 0) throw new Error("the simulator needs at least one business number");
  const world = createWorld(options);
  const control = createControl(world);
  const server = createServer(toNodeListener(await createSimulatorApp(world, control)));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1000;
  const host = options.host ?? "127.0.0.1";
  await listen(server, options.port ?? 0, host);
  const { port } = server.address() as AddressInfo;
  world.address.url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const close = async () => {
    world.close();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  };
  return { ...control, url: world.address.url, port, close };
}

async function createSimulatorApp(world: World, control: SimulatorControl) {
  const app = createApp();
  const router = createRouter();
  const health = defineEventHandler((event) => {
    writeAnswer(event, 200, { "content-type": "application/json" }, JSON.stringify({ status: "ok" }));
  });
  router.get("/health", health);
  await servePage(router);
  registerControl(router, world, control);
  registerGraph(router, world);
  return app.use(router);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
