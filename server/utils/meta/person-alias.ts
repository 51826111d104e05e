/** One name by which Meta knows a person. Each of them may be missing. */
export interface PersonAlias {
  readonly kind: "wa_id" | "bsuid" | "parent_bsuid";
  readonly value: string;
}
