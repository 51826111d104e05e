import { createServer } from "node:http";
import { createApp, createRouter, toNodeListener } from "h3";
import { Inngest } from "inngest";
import { serve } from "inngest/h3";

/*
 * An app as a process of its own, so that it can be killed in the middle of a step:
 * tsx crashing-app.ts <port> <engine url> <milliseconds its step takes>
 */
const [port, engineUrl, stepMs] = process.argv.slice(2);
const client = new Inngest({ id: "crashing", baseUrl: String(engineUrl), isDev: true, checkpointing: false });
const mark = (what: string): void => void process.stdout.write(`MARK ${what}\n`);

const functions = [
  client.createFunction(
    { id: "work", retries: 1, triggers: [{ event: "work" }] },
    async ({ step, attempt }) => {
      await step.run("before", () => mark("before"));
      await step.run("under way", async () => {
        mark(`under way ${attempt}`);
        await new Promise((resolve) => setTimeout(resolve, Number(stepMs)));
      });
      mark("after");
    },
  ),
];

// h3 as in the product. The adapter would register https unless told the origin.
const handler = serve({ client, functions, serveOrigin: `http://127.0.0.1:${port}` });
const app = createApp().use(createRouter().use("/api/inngest", handler));
createServer(toNodeListener(app)).listen(Number(port), "127.0.0.1");
