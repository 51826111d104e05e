/** Words that stand in everything of a client that can hold words. */
export const canaryOf = (name: string): string => `canary-${name}-4f1c`;
