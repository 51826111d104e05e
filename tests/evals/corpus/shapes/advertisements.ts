import type { Shapes } from "../shape";

/** What came with a click on an advertisement. */
export const ADVERTISEMENTS: Shapes = {
  "a click": {
    message: {
      type: "text",
      text: { body: "{words}" },
      referral: {
        source_url: "{words}",
        source_id: "{words}",
        source_type: "{words}",
        headline: "{words}",
        body: "{words}",
        media_type: "{words}",
        image_url: "{words}",
        video_url: "{words}",
        thumbnail_url: "{words}",
        ctwa_clid: "{words}",
        welcome_message: { text: "{words}" },
        "{words}": "{words}",
      },
    },
  },
};
