/** A resource as MCP lists it. */
export interface ResourceDescription {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: "application/json";
  readonly annotations?: { readonly lastModified: string };
}
