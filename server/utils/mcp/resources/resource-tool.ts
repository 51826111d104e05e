/** Whoever may call it can read resources, which are what it answers. */
export const RESOURCE_TOOL = "get_messages";
