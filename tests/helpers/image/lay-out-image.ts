import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { collectInstructions, readDockerfile } from "./read-dockerfile";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SOURCES = "/src/";

/**
 * Puts into a folder what the Dockerfile copies into the server's image, from what was built here: the folder is then what /app
 * is in a container.
 */
export async function layOutImage(folder: string): Promise<void> {
  const copies = collectInstructions(readDockerfile(), "app").filter(({ word }) => word === "COPY");
  for (const { args } of copies) {
    const [sources, target] = [args.slice(0, -1), args.at(-1) ?? ""];
    // The system below.
    if (target.startsWith("/")) continue;
    await mkdir(join(folder, target), { recursive: true });
    for (const source of sources) {
      const from = join(ROOT, source.startsWith(SOURCES) ? source.slice(SOURCES.length) : source);
      // As Docker does it: of a folder its content, of a file itself where the target ends with a slash.
      const isFolder = !target.endsWith("/");
      const to = isFolder ? join(folder, target) : join(folder, target, basename(source));
      // The build stage takes source maps away.
      await cp(from, to, { recursive: true, filter: (path) => !path.endsWith(".map") });
    }
  }
}
