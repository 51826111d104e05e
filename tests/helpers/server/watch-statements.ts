import type { Transaction } from "#db/client";

/** The same connection, which tells of every statement that is begun on it. */
export function watchStatements(system: Transaction, onStatement: () => void): Transaction {
  return new Proxy(system, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      onStatement();
      return value.bind(target);
    },
  });
}
