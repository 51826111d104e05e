import { existsSync } from "node:fs";
import process from "node:process";

/** Reads `.env` in this folder into the environment, where there is one. False when it cannot be read. */
export function loadEnvFile(): boolean {
  try {
    if (existsSync(".env")) process.loadEnvFile(".env");
    return true;
  } catch {
    return false;
  }
}
