/** From where a server may be called, as far as a browser is honest about it. */
export interface Edge {
  /** Host names that the server answers to, in lower case, without ports. */
  readonly hosts: ReadonlySet<string>;
  /** Origins whose pages may call. */
  readonly origins: ReadonlySet<string>;
  /** Those of them that need CORS headers: pages of other origins than the server's own. */
  readonly corsOrigins: ReadonlySet<string>;
  /** Whether pages of this very machine may call, whatever their port: the server can be reached only from there. */
  readonly isLocal: boolean;
}
