/** Where a file lies below MEDIA_ROOT. Made of our ids and a known extension: nothing of it is anybody's word. */
export function mediaPath(
  media: { readonly id: string; readonly phoneNumberId: string; readonly createdAt: Date },
  extension: string,
): string {
  const year = String(media.createdAt.getUTCFullYear());
  const month = String(media.createdAt.getUTCMonth() + 1).padStart(2, "0");
  return [media.phoneNumberId, year, month, `${media.id}.${extension}`].join("/");
}
