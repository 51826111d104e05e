import { type EventHandler, getRouterParam } from "h3";
import { isJsonObject, type JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { readText } from "../http/read-text";
import { verifyHandshake } from "../webhooks/verify-handshake";
import { authorize } from "./authorize";
import { defineGraphHandler, type GraphCall, unknownObject } from "./define-graph-handler";
import { GraphError } from "./graph-error";
import { strikeWithError } from "./strike-with-error";

const BODY_LIMIT_BYTES = 64 * 1024;

/** `GET | POST | DELETE /{version}/{WABA id}/subscribed_apps`: without a subscription no webhook goes out. */
export function createSubscribedAppsHandler(world: World): EventHandler {
  return defineGraphHandler(world, async (call) => {
    authorize(world, call.event);
    const id = getRouterParam(call.event, "id") ?? "";
    if (id !== world.wabaId) throw unknownObject(id);
    if (strikeWithError(call, { on: "other" }, false)) return undefined;
    if (call.event.method === "GET") return list(world);
    if (call.event.method === "DELETE") {
      world.subscription.active = false;
      delete world.subscription.overrideUrl;
      return { success: true };
    }
    return subscribe(call);
  });
}

function list({ subscription, appId }: World): JsonObject {
  if (!subscription.active) return { data: [] };
  const override =
    subscription.overrideUrl === undefined ? {} : { override_callback_uri: subscription.overrideUrl };
  const link = `https://www.facebook.com/games/?app_id=${appId}`;
  return {
    data: [{ whatsapp_business_api_data: { id: appId, name: "WhatsApp simulator", link }, ...override }],
  };
}

async function subscribe({ world, event }: GraphCall): Promise<JsonObject> {
  const text = await readText(event, BODY_LIMIT_BYTES);
  const { override_callback_uri: url, verify_token: token } = parse(text);
  if (typeof url === "string" && url !== "") {
    // Meta shakes hands with a new callback before it takes it.
    const report = await verifyHandshake(url, typeof token === "string" ? token : "");
    if (!report.ok) {
      throw new GraphError(100, {
        message: "(#100) The callback could not be verified.",
        details: report.problem,
      });
    }
    world.subscription.overrideUrl = url;
  } else {
    delete world.subscription.overrideUrl;
  }
  world.subscription.active = true;
  return { success: true };
}

function parse(text: string): JsonObject {
  if (text.trim() === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (isJsonObject(body)) return body;
  } catch {
    // The answer below says it.
  }
  throw new GraphError(100, { message: "(#100) The request body is not a JSON object." });
}
