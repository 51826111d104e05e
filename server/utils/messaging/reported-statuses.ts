/** The steps that Meta reports, lowest first. That it took a message at all is the first. */
export const REPORTED_STATUSES = ["accepted", "sent", "delivered", "read", "played"] as const;
