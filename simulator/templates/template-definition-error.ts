/** A template that Meta would not take; the message says why. */
export class TemplateDefinitionError extends Error {}
