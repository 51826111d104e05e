// Starts the simulator of a staging host with the secrets that the server has.
import { readFileSync } from "node:fs";

const FROM_FILES = {
  SIMULATOR_APP_SECRET: "meta-app-secret",
  SIMULATOR_VERIFY_TOKEN: "meta-verify-token",
  SIMULATOR_ACCESS_TOKEN: "meta-access-token",
};

for (const [name, file] of Object.entries(FROM_FILES)) {
  // While one secret replaces another there are two, and the first is the new one.
  process.env[name] ??= readFileSync(`/run/secrets/${file}`, "utf8").trim().split(",")[0];
}
await import("./simulator/http/main.mjs");
