/** Meta's code for a message that only a template may be now (Meta, "Error codes"). */
export const WINDOW_CLOSED = 131047;
