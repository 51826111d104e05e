import { defineEventHandler, type EventHandler, getRouterParam } from "h3";
import { writeAnswer } from "../http/write-answer";
import { mimeEssence } from "../media/mime-essence";
import { ControlError } from "./control-error";
import { guardLoopback } from "./guard-loopback";
import type { SimulatorControl } from "./simulator-control";

// What a browser shows without running anything. All else is only ever saved: it was made by strangers.
const SHOWN = /^(image\/(jpeg|png|webp|gif)|(audio|video)\/[a-z0-9.+-]+)$/;

/** `GET /control/media/:id`: a file as it lies on the phone. Any size is one answer; ranges are not needed on one machine. */
export function createMediaFileHandler(control: SimulatorControl): EventHandler {
  return defineEventHandler(async (event) => {
    try {
      guardLoopback(event);
      const {
        mime_type: mimeType,
        filename,
        bytes,
      } = await control.readMedia(getRouterParam(event, "id") ?? "");
      const essence = mimeEssence(mimeType);
      const shown = SHOWN.test(essence);
      const name = encodeURIComponent(filename ?? "file");
      event._handled = true;
      event.node.res.writeHead(200, {
        "content-type": shown ? essence : "application/octet-stream",
        "content-length": bytes.length,
        "content-disposition": `${shown ? "inline" : "attachment"}; filename*=UTF-8''${name}`,
        "x-mime-type": mimeType.replace(/[^\x20-\x7e]/g, "?"),
        "x-filename": filename === null ? "" : name,
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      });
      event.node.res.end(bytes);
    } catch (error) {
      const status = error instanceof ControlError ? error.status : 500;
      const body = JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
      writeAnswer(event, status, { "content-type": "application/json" }, body);
    }
  });
}
