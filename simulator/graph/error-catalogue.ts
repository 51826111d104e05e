/** What belongs to an error code. */
export interface ErrorEntry {
  httpStatus: number;
  title: string;
  transient?: boolean;
}

// Codes and HTTP statuses: reference 2.7.
const CATALOGUE: Record<number, ErrorEntry> = {
  0: { httpStatus: 401, title: "Authentication failed" },
  1: { httpStatus: 400, title: "An unknown error occurred", transient: true },
  2: { httpStatus: 503, title: "Service temporarily unavailable", transient: true },
  3: { httpStatus: 500, title: "Missing capability" },
  4: { httpStatus: 400, title: "Application request limit reached", transient: true },
  10: { httpStatus: 403, title: "Permission denied" },
  33: { httpStatus: 400, title: "Parameter value is not valid" },
  100: { httpStatus: 400, title: "Invalid parameter" },
  104: { httpStatus: 401, title: "Access token required" },
  190: { httpStatus: 401, title: "Access token is not valid" },
  200: { httpStatus: 403, title: "Permission missing" },
  368: { httpStatus: 403, title: "Temporarily blocked for policy violations" },
  803: { httpStatus: 404, title: "No such object" },
  2500: { httpStatus: 400, title: "Unknown path" },
  80007: { httpStatus: 400, title: "Rate limit issues", transient: true },
  130429: { httpStatus: 400, title: "Rate limit hit" },
  130497: { httpStatus: 403, title: "Business may not message this country" },
  131000: { httpStatus: 500, title: "Something went wrong" },
  131005: { httpStatus: 403, title: "Access denied" },
  131008: { httpStatus: 400, title: "Required parameter is missing" },
  131009: { httpStatus: 400, title: "Parameter value is not valid" },
  131016: { httpStatus: 500, title: "Service unavailable" },
  131021: { httpStatus: 400, title: "Recipient cannot be sender" },
  131026: { httpStatus: 400, title: "Message undeliverable" },
  131030: { httpStatus: 400, title: "Recipient not in allowed list" },
  131031: { httpStatus: 403, title: "Account locked" },
  131037: { httpStatus: 400, title: "Display name not approved" },
  131042: { httpStatus: 400, title: "Payment issue" },
  131045: { httpStatus: 500, title: "Number not registered" },
  131047: { httpStatus: 400, title: "Re-engagement message" },
  131048: { httpStatus: 400, title: "Spam rate limit hit" },
  131049: { httpStatus: 400, title: "Not delivered to keep engagement healthy" },
  131050: { httpStatus: 400, title: "User stopped marketing messages" },
  131051: { httpStatus: 400, title: "Unsupported message type" },
  131052: { httpStatus: 400, title: "Media download error" },
  131053: { httpStatus: 400, title: "Media upload error" },
  131056: { httpStatus: 400, title: "Pair rate limit hit" },
  131057: { httpStatus: 500, title: "Account in maintenance mode" },
  131059: { httpStatus: 400, title: "Cursor is not valid" },
  131060: { httpStatus: 400, title: "Message is unavailable" },
  131062: { httpStatus: 400, title: "Recipient cannot be a user id here" },
  132000: { httpStatus: 400, title: "Template parameter count mismatch" },
  132001: { httpStatus: 404, title: "Template does not exist" },
  132005: { httpStatus: 400, title: "Text with its parameters is too long" },
  132012: { httpStatus: 400, title: "Template parameter format mismatch" },
  132015: { httpStatus: 400, title: "Template is paused" },
  132016: { httpStatus: 400, title: "Template is disabled" },
  132018: { httpStatus: 400, title: "Template parameters are not valid" },
  133004: { httpStatus: 503, title: "Server temporarily unavailable" },
  133010: { httpStatus: 400, title: "Phone number not registered" },
  137000: { httpStatus: 400, title: "Recipient identity key mismatch" },
};

/** What belongs to a code; an unlisted one is a plain 400. */
export function errorEntry(code: number): ErrorEntry {
  return CATALOGUE[code] ?? { httpStatus: 400, title: "Error" };
}
