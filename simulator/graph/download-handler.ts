import { defineEventHandler, type EventHandler, getQuery, getRequestHeader } from "h3";
import type { World } from "../core/world";
import { writeAnswer } from "../http/write-answer";
import { authorize } from "./authorize";
import type { GraphCall } from "./define-graph-handler";
import { GraphError } from "./graph-error";
import { strikeBefore } from "./strike-call";
import { writeMediaBody } from "./write-media-body";

/**
 * The address a file is downloaded from. It is not part of the Graph API: no version, no Graph headers, no bodies with errors.
 * The token must be in the header; an address that has expired, or whose file is gone, answers 404.
 */
export function createDownloadHandler(world: World): EventHandler {
  return defineEventHandler(async (event) => {
    event._handled = true;
    const call: GraphCall = { world, event, version: "" };
    try {
      if (getRequestHeader(event, "authorization") === undefined) throw new GraphError(104);
      authorize(world, event);
      const id = world.mediaLinks.read(getQuery(event));
      const media = id === undefined ? undefined : world.media.find(id);
      const facts = { on: "download", phoneNumberId: media?.phoneNumberId } as const;
      if (media === undefined) writeAnswer(event, 404, {}, "");
      else if (world.faults.take("media_url_expired", { phoneNumberId: media.phoneNumberId }) !== undefined)
        writeAnswer(event, 404, {}, "");
      else if (!(await strikeBefore(call, facts))) await writeMediaBody(call, media);
    } catch (error) {
      writeAnswer(event, error instanceof GraphError ? error.httpStatus : 500, {}, "");
    }
  });
}
