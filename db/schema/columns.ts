import { timestamp, uuid } from "drizzle-orm/pg-core";

/** The columns that every table writes the same way. */
export const columns = {
  /** A uuid v7 primary key, made by the application so that the caller knows it before the commit. */
  id: () => uuid("id").primaryKey(),
  /** A point in time with its zone, read as a `Date`. */
  time: (name: string) => timestamp(name, { withTimezone: true, mode: "date" }),
  /** The moment when the row was written. */
  createdAt: () => timestamp("created_at", { withTimezone: true, mode: "date" }).notNull().defaultNow(),
};
