import { type EventHandler, getQuery } from "h3";
import type { World } from "../core/world";
import { authorize } from "./authorize";
import { defineGraphHandler, requireNumber } from "./define-graph-handler";
import { describeNumber } from "./describe-number";
import { strikeWithError } from "./strike-with-error";

const DEFAULT_FIELDS = ["id", "display_phone_number", "verified_name", "quality_rating"];

/** `GET /{version}/{phone number id}?fields=` */
export function createPhoneNumberHandler(world: World): EventHandler {
  return defineGraphHandler(world, (call) => {
    authorize(world, call.event);
    const number = requireNumber(call);
    if (strikeWithError(call, { on: "other", phoneNumberId: number.id }, false)) return undefined;
    const { fields } = getQuery(call.event);
    return describeNumber(world, number, typeof fields === "string" ? fields.split(",") : DEFAULT_FIELDS);
  });
}
