/** What a client reads that looks for OAuth: in the shape of an OAuth error (RFC 6749, 5.2), because that is what it shows. */
export interface ApiKeyExplanation {
  readonly error: "unsupported";
  readonly error_description: string;
  readonly claude_code: string;
}

/**
 * Says how to call this server instead. There is no OAuth metadata anywhere: some clients ignore the header that they were
 * given as soon as they find any.
 */
export function explainApiKeys(publicUrl: string): ApiKeyExplanation {
  const header = "Authorization: Bearer wamcp_live_...";
  return {
    error: "unsupported",
    error_description: `This server uses API keys and no OAuth. Send the header "${header}" with every request to ${publicUrl}/mcp; the owner of this server issues keys.`,
    claude_code: `claude mcp add --transport http whatsapp ${publicUrl}/mcp --header "${header}"`,
  };
}
