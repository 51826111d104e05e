import { connect, type Socket } from "node:net";

/** Connects to the first of some loopback ports where somebody listens; to none when nobody does. */
export async function connectFirst(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = await connectTo(port);
    if (socket) return socket;
  }
  return undefined;
}

function connectTo(port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    // Stays: a connection may break before the request takes it over, and says so once more then.
    socket.on("error", () => resolve(undefined));
    socket.once("connect", () => resolve(socket));
  });
}
