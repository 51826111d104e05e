import { type EventHandler, getQuery, getRouterParam } from "h3";
import type { World } from "../core/world";
import { authorize } from "./authorize";
import { defineGraphHandler, unknownObject } from "./define-graph-handler";
import { describeNumber } from "./describe-number";
import { strikeWithError } from "./strike-with-error";

const DEFAULT_FIELDS = [
  "verified_name",
  "code_verification_status",
  "display_phone_number",
  "quality_rating",
];

/** `GET /{version}/{WABA id}/phone_numbers` */
export function createPhoneNumbersHandler(world: World): EventHandler {
  return defineGraphHandler(world, (call) => {
    authorize(world, call.event);
    const id = getRouterParam(call.event, "id") ?? "";
    if (id !== world.wabaId) throw unknownObject(id);
    if (strikeWithError(call, { on: "other" }, false)) return undefined;
    const { fields } = getQuery(call.event);
    const wanted = typeof fields === "string" ? fields.split(",") : DEFAULT_FIELDS;
    const data = [...world.numbers.values()].map((number) => describeNumber(world, number, wanted));
    return { data, paging: { cursors: { before: "QVFIUbefore", after: "QVFIUafter" } } };
  });
}
