/** The smallest files that are what they say. */
export const sampleFiles = {
  png: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
  html: Buffer.from("<!doctype html><script>alert(1)</script>"),
  text: Buffer.from("plain words, gr\u00fc\u00dfe"),
  pdf: Buffer.from("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"),
};
