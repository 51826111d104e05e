/** What `--help` says. */
export const USAGE = `Usage: wamcp-stdio [--check]
       wamcp-stdio watch [--number ID] [--conversation ID] [--since now|unread]

An MCP server on stdio that carries every message to a remote WhatsApp MCP server.

  --check   connect, list the tools, say what was found, and exit
  --help    show this text

"watch" is no MCP server: it prints each message that comes in as one line of JSON, for programs.

  --number ID          only messages to this number of ours, by Meta's phone_number_id
  --conversation ID    only messages of this conversation_id
  --since now|unread   begin with what comes from now on (now), or with what is unread

It goes on across restarts of the server and ends on SIGTERM, SIGINT, or when nobody reads its output.

Settings come from the environment:

  WAMCP_URL       the server's address, for example http://127.0.0.1:3000/mcp
  WAMCP_API_KEY   the API key, wamcp_live_...
  WAMCP_WAIT_MS   how long a request waits for a server that is away (60000)

For Claude Code, as a channel (a research preview):

  WAMCP_CHANNEL               1 pushes messages into the session
  WAMCP_CHANNEL_ALLOW         contact_ids, parted by commas, whose messages are pushed; * for everyone
  WAMCP_CHANNEL_NUMBER        only for this number of ours, by Meta's phone_number_id
  WAMCP_CHANNEL_PERMISSIONS   1 asks the owner over WhatsApp for permission to use tools
  WAMCP_CHANNEL_OWNER         the contact_id of the owner, who must be allowed

In a host's configuration:

  "whatsapp": {
    "command": "node",
    "args": ["/path/to/wamcp-stdio.mjs"],
    "env": { "WAMCP_URL": "https://wa.example/mcp", "WAMCP_API_KEY": "wamcp_live_..." }
  }

Exit codes: 0 when it ended as asked; 1 when --check failed, or "watch" could not reach the server at first or
was refused; 2 when the command line or the settings cannot be used.
`;
