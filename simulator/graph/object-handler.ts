import { type EventHandler, getQuery, getRouterParam } from "h3";
import type { JsonObject } from "../core/json-object";
import type { World } from "../core/world";
import { describeTemplate } from "../templates/describe-template";
import { authorize } from "./authorize";
import { defineGraphHandler, type GraphCall, unknownObject } from "./define-graph-handler";
import { describeNumber } from "./describe-number";
import { answerMedia, deleteMedia } from "./media-handlers";
import { strikeWithError } from "./strike-with-error";

const NUMBER_FIELDS = ["id", "display_phone_number", "verified_name", "quality_rating"];

/** `GET` and `DELETE /{version}/{id}`: a number, a file, a template or the account. */
export function createObjectHandler(world: World): EventHandler {
  return defineGraphHandler(world, (call) => {
    authorize(world, call.event);
    const id = getRouterParam(call.event, "id") ?? "";
    const media = world.media.find(id);
    if (call.event.method === "DELETE") {
      if (media === undefined) throw unknownObject(id);
      return deleteMedia(call, media);
    }
    return media === undefined ? answerOther(call, id) : answerMedia(call, media);
  });
}

function answerOther(call: GraphCall, id: string): JsonObject | undefined {
  const { world } = call;
  const number = world.numbers.get(id);
  const template = world.templates.findById(id);
  if (number === undefined && template === undefined && id !== world.wabaId) throw unknownObject(id);
  const facts = { on: "other", phoneNumberId: number?.id } as const;
  if (strikeWithError(call, facts, false)) return undefined;
  const { fields } = getQuery(call.event);
  const wanted = typeof fields === "string" ? fields.split(",") : undefined;
  if (number !== undefined) return describeNumber(world, number, wanted ?? NUMBER_FIELDS);
  if (template !== undefined) return describeTemplate(template, wanted);
  return describeAccount(world, wanted);
}

function describeAccount(
  { wabaId }: World,
  wanted = ["name", "timezone_id", "message_template_namespace"],
): JsonObject {
  const all: JsonObject = {
    name: "WhatsApp simulator",
    timezone_id: "1",
    message_template_namespace: "simulator",
    account_review_status: "APPROVED",
    currency: "USD",
    ownership_type: "SELF",
  };
  const known = wanted.map((field) => field.trim()).filter((field) => Object.hasOwn(all, field));
  return { ...Object.fromEntries(known.map((field) => [field, all[field]])), id: wabaId };
}
