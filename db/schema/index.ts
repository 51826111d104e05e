export { auditLog } from "./audit";
export { changes } from "./changes";
export { apiKeys, clients } from "./clients";
export { contactAliases, contacts } from "./contacts";
export { conversations } from "./conversations";
export { grants } from "./grants";
export { messageEvents, messages } from "./messages";
export { phoneNumbers } from "./phone-numbers";
export { outbox, webhookInbox } from "./queues";
