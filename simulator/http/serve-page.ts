import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { defineEventHandler, type Router } from "h3";
import { writeAnswer } from "./write-answer";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

// The page shows what strangers send: nothing may load or run but its own files.
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/** Puts the phone page on the router. Only files that lie in its folder have an address. */
export async function servePage(router: Router): Promise<void> {
  const folder = new URL("../page/", import.meta.url);
  for (const name of await readdir(fileURLToPath(folder))) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const handler = defineEventHandler(async (event) => {
      const text = await readFile(new URL(name, folder), "utf8");
      writeAnswer(event, 200, { ...HEADERS, "content-type": type }, text);
    });
    router.get(name === "index.html" ? "/" : `/page/${name}`, handler);
  }
}
