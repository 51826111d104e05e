/** A failure that is the protocol's and not a tool's. */
export class ProtocolError extends Error {
  /** By JSON-RPC: -32602 invalid params, -32603 internal error. */
  readonly code: -32602 | -32603;

  constructor(code: -32602 | -32603, message: string) {
    super(message);
    this.code = code;
  }
}
