import { ensureBuilt } from "../scripts/ensure-built";
import { runCli } from "../scripts/stdio/run-cli";
import { openDemoStack } from "./stack/open-demo-stack";

/** The stdio shim from the repository: `pnpm --silent stdio`. With no WAMCP_URL it starts the local stack first. */
async function main(): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  const { stdin, stdout, stderr } = process;
  const run = (env: Record<string, string | undefined>): Promise<number> =>
    runCli({ argv: process.argv.slice(2), env, stdin, stdout, stderr, signal: stop.signal });
  if (process.env.WAMCP_URL) return run(process.env);

  const log = (line: string): void => void stderr.write(`${line}\n`);
  const stack = await openDemoStack(await ensureBuilt(log), log);
  log(`the simulated phones: ${stack.simulatorUrl}/`);
  try {
    return await run({ ...process.env, WAMCP_URL: stack.mcpUrl, WAMCP_API_KEY: stack.apiKey });
  } finally {
    await stack.stop();
  }
}

process.exit(await main());
