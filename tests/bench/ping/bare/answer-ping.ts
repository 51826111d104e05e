/** What `ping` answers, in the shape of the product's own answer. */
export function answerPing() {
  const structuredContent = { ok: true, client: "owner", time: new Date().toISOString() };
  return {
    structuredContent,
    isError: false,
    content: [{ type: "text" as const, text: JSON.stringify(structuredContent) }],
  };
}
