import type { Shapes } from "../shape";
import { ADVERTISEMENTS } from "./advertisements";
import { CARDS } from "./cards";
import { CHOICES } from "./choices";
import { GROUPS } from "./groups";
import { MEDIA } from "./media";
import { NOTICES } from "./notices";
import { ORDERS } from "./orders";
import { PEOPLE } from "./people";
import { PLACES } from "./places";
import { REFERENCES } from "./references";
import { UNKNOWN_TYPES } from "./unknown-types";

/** Every shape, by family. */
export const SHAPES: Readonly<Record<string, Shapes>> = {
  media: MEDIA,
  cards: CARDS,
  choices: CHOICES,
  places: PLACES,
  orders: ORDERS,
  advertisements: ADVERTISEMENTS,
  references: REFERENCES,
  notices: NOTICES,
  people: PEOPLE,
  "unknown types": UNKNOWN_TYPES,
  groups: GROUPS,
};
