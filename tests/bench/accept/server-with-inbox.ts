import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createNitro, prepare } from "nitropack/core";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const INBOX = join(ROOT, "server/utils/inbox/create-webhook-inbox.ts");

/**
 * The program of `build-with-inbox.ts`: builds the server as `pnpm build` does, with its inbox replaced, into a folder.
 *
 * @throws Error when the inbox is no longer where it was: all sides would be the same then
 */
async function main(inboxFile: string | undefined, folder: string | undefined): Promise<void> {
  if (!inboxFile || !folder) throw new Error("the inbox and the folder to build into are missing");
  let isReplaced = false;
  const replaceInbox = {
    name: "replace-inbox",
    load(id: string): string | undefined {
      if (id !== INBOX) return undefined;
      isReplaced = true;
      return `export { createWebhookInbox } from ${JSON.stringify(inboxFile)};`;
    },
  };
  const nitro = await createNitro({
    rootDir: ROOT,
    dev: false,
    buildDir: join(folder, "build"),
    output: { dir: join(folder, "output") },
    hooks: {
      "rollup:before": (_nitro, config) => {
        config.plugins = [replaceInbox, config.plugins];
      },
    },
  });
  await prepare(nitro);
  await build(nitro);
  await nitro.close();
  if (!isReplaced) throw new Error(`${INBOX} is not part of the server any more`);
}

await main(process.argv[2], process.argv[3]);
