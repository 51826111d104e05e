import type { Shapes } from "../shape";

/** Where people are. */
export const PLACES: Shapes = {
  "a place": {
    message: {
      type: "location",
      location: {
        latitude: 37.4,
        longitude: "-122.1",
        name: "{words}",
        address: "{words}",
        url: "{words}",
        "{words}": "{words}",
      },
    },
  },
  "a place whose numbers are texts": {
    message: { type: "location", location: { latitude: "{words}", longitude: "{words}" } },
  },
};
