import { type EventHandler, getQuery, getRouterParam } from "h3";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { announceStatus } from "../templates/announce-template";
import { authorize } from "./authorize";
import { createTemplate } from "./create-template";
import { defineGraphHandler, readGraphBody, unknownObject } from "./define-graph-handler";
import { GraphError } from "./graph-error";
import { listTemplates } from "./list-templates";
import { strikeWithError } from "./strike-with-error";

/** `GET | POST | DELETE /{version}/{WABA id}/message_templates` */
export function createTemplatesHandler(world: World): EventHandler {
  return defineGraphHandler(world, async (call) => {
    authorize(world, call.event);
    const id = getRouterParam(call.event, "id") ?? "";
    if (id !== world.wabaId) throw unknownObject(id);
    const body = call.event.method === "POST" ? await readGraphBody(call) : {};
    if (strikeWithError(call, { on: "other" }, false)) return undefined;
    if (call.event.method === "POST") return createTemplate(world, body);
    return call.event.method === "DELETE"
      ? deleteTemplates(world, getQuery(call.event))
      : listTemplates(call, getQuery(call.event));
  });
}

/** All languages of a name, or with `hsm_id` only one. */
function deleteTemplates(world: World, { name, hsm_id: id }: Record<string, unknown>): JsonObject {
  if (typeof name !== "string")
    throw new GraphError(100, { message: "(#100) The parameter name is required." });
  const doomed = world.templates
    .list()
    .filter((template) => template.name === name && (id ?? template.id) === template.id);
  if (doomed.length === 0) {
    throw new GraphError(100, { details: `There is no template ${name}`, subcode: 2_593_002 });
  }
  for (const template of doomed) {
    world.templates.remove(template.id);
    announceStatus(world, template, "DELETED");
  }
  return { success: true };
}
