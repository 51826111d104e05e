import type { Shapes } from "../shape";

const file = { id: "{words}", sha256: "{words}", url: "{words}", mime_type: "{words}", "{words}": "{words}" };

/** Files: captions, names and types of theirs. */
export const MEDIA: Shapes = {
  image: { message: { type: "image", image: { ...file, caption: "{words}" } } },
  video: { message: { type: "video", video: { ...file, caption: "{words}" } } },
  audio: { message: { type: "audio", audio: { ...file, voice: true } } },
  document: { message: { type: "document", document: { ...file, filename: "{words}", caption: "{words}" } } },
  sticker: { message: { type: "sticker", sticker: { ...file, animated: false } } },
  "a file that is a text": { message: { type: "document", document: "{words}" } },
  "a caption that is a list": {
    message: { type: "image", image: { caption: ["{words}"], mime_type: { "{words}": 1 } } },
  },
};
