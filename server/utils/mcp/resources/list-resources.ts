import { mayUseTool } from "../../auth/scopes";
import type { SystemContext } from "../../context";
import { AppError } from "../../errors";
import { listNewestConversations } from "../../messaging/conversations/listing/list-newest-conversations";
import { performCall, type Caller } from "../perform-call";
import type { ResourcePage } from "../surface";
import { toProtocolError } from "../to-protocol-error";
import { describeConversation } from "./describe-conversation";
import { listFixedResources } from "./list-fixed-resources";
import { RESOURCE_TOOL } from "./resource-tool";

/** Conversations on one page. */
export const RESOURCE_PAGE_LIMIT = 100;
/** Conversations in all: hosts read every page before they show any, and the template leads to the others. */
export const RESOURCE_LIST_LIMIT = 500;

export interface ListResourcesCall extends Caller {
  readonly cursor: string | undefined;
}

/**
 * The resources that a key can read: the inbox, its numbers, and the conversations that began last.
 *
 * @throws ProtocolError for a cursor that is none of ours, and when the list cannot be read now
 */
export async function listResources(system: SystemContext, call: ListResourcesCall): Promise<ResourcePage> {
  const { cursor, ...caller } = call;
  const outcome = await performCall(system, caller, "resource.list", async (ctx): Promise<ResourcePage> => {
    const place = cursor === undefined ? undefined : readCursor(cursor);
    if (!mayUseTool(ctx.principal, RESOURCE_TOOL)) return { resources: [] };
    const count = place?.count ?? 0;
    const room = Math.min(RESOURCE_PAGE_LIMIT, RESOURCE_LIST_LIMIT - count);
    if (room <= 0) return { resources: [] };
    const found = await listNewestConversations(ctx, { beforeId: place?.beforeId, limit: room + 1 });
    const page = found.slice(0, room);
    const last = page.at(-1);
    const isMore = found.length > room && count + room < RESOURCE_LIST_LIMIT;
    return {
      resources: [
        ...(place ? [] : listFixedResources(ctx.principal)),
        ...page.map((conversation) => describeConversation(ctx.principal, conversation)),
      ],
      ...(isMore && last ? { nextCursor: writeCursor(count + room, last.id) } : {}),
    };
  });
  if ("error" in outcome) throw toProtocolError(outcome.error);
  return outcome.result;
}

interface Place {
  readonly count: number;
  readonly beforeId: string;
}

const CURSOR = /^(\d{1,4})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

// Opaque, not secret: both parts are the client's own.
function writeCursor(count: number, beforeId: string): string {
  return Buffer.from(`${count}.${beforeId}`).toString("base64url");
}

function readCursor(cursor: string): Place {
  const [, count, beforeId] = CURSOR.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  if (!count || !beforeId) throw new AppError("invalid_arguments", "cursor must be a nextCursor.");
  return { count: Number(count), beforeId };
}
