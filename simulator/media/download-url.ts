import type { World } from "../core/world";

/** A fresh download address for a file. */
export function downloadUrl({ mediaLinks, settings, address }: World, mediaId: string): string {
  return mediaLinks.create((settings.media_base_url || address.url).replace(/\/$/, ""), mediaId);
}
