import { type EventHandler, getQuery } from "h3";
import type { World } from "../core/world";
import { authorize, hasExpired } from "./authorize";
import { defineGraphHandler } from "./define-graph-handler";
import { GraphError } from "./graph-error";
import { strikeWithError } from "./strike-with-error";

/** `GET /{version}/debug_token?input_token=`, asked with the token itself or with the app's. */
export function createDebugTokenHandler(world: World): EventHandler {
  return defineGraphHandler(world, (call) => {
    authorize(world, call.event, true);
    if (strikeWithError(call, { on: "other" }, false)) return undefined;
    const { input_token: inputToken } = getQuery(call.event);
    if (typeof inputToken !== "string" || inputToken === "") {
      throw new GraphError(100, { message: "(#100) The parameter input_token is required." });
    }
    if (inputToken !== world.accessToken) {
      return {
        data: { error: { code: 190, message: "Invalid OAuth access token." }, is_valid: false, scopes: [] },
      };
    }
    const { token_scopes: scopes, token_expires_at: expiresAt } = world.settings;
    return {
      data: {
        app_id: world.appId,
        type: "SYSTEM_USER",
        application: "WhatsApp simulator",
        data_access_expires_at: 0,
        expires_at: expiresAt,
        is_valid: !hasExpired(world),
        issued_at: Math.floor(world.clock.now() / 1000),
        scopes,
        granular_scopes: scopes.map((scope) => ({ scope, target_ids: [world.wabaId] })),
        user_id: "122100000000000001",
      },
    };
  });
}
