import { Environment } from "@marcbachmann/cel-js";

type Compiled = (context: Record<string, unknown>) => unknown;

const environment = createEnvironment();
const compiled = new Map<string, Compiled>();
const COMPILED_LIMIT = 500;

/**
 * Evaluate a CEL expression over `event` (and `async`). A missing key is `null`, as in Inngest; an expression that
 * cannot be evaluated is `null` as a whole, so a trigger or wait with a broken expression never matches.
 */
export function evaluateExpression(expression: string, context: Record<string, unknown>): unknown {
  try {
    // `has()` must see the real keys; everything else sees null where a key is missing.
    const scope = /\bhas\s*\(/.test(expression) ? context : withNullForMissing(context);
    const value = compile(expression)(scope as Record<string, unknown>);
    return typeof value === "bigint" ? Number(value) : value;
  } catch {
    return null;
  }
}

/** Whether an optional condition holds; no condition always holds. */
export function matchesExpression(
  expression: string | undefined | null,
  context: Record<string, unknown>,
): boolean {
  return expression ? evaluateExpression(expression, context) === true : true;
}

/** The text under which a flow-control key's value is stored. */
export function evaluateKey(expression: string | undefined, context: Record<string, unknown>): string {
  return expression ? JSON.stringify(evaluateExpression(expression, context) ?? null) : "";
}

function compile(expression: string): Compiled {
  const known = compiled.get(expression);
  if (known) return known;
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  const parsed = environment.parse(expression);
  compiled.set(expression, parsed);
  return parsed;
}

/** JSON numbers are doubles and CEL literals are ints; Inngest computes with both mixed, plain CEL does not. */
function createEnvironment(): Environment {
  const created = new Environment({ unlistedVariablesAreDyn: true });
  const operations: Record<string, (a: number, b: number) => number> = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
  };
  for (const [sign, compute] of Object.entries(operations)) {
    const handler = (a: unknown, b: unknown): number => compute(Number(a), Number(b));
    created.registerOperator(`double ${sign} int`, handler);
    created.registerOperator(`int ${sign} double`, handler);
  }
  return created;
}

function withNullForMissing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNullForMissing);
  if (value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get: (target, key) => {
      const found: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || key === "constructor") return found;
      return Object.hasOwn(target, key) ? withNullForMissing(found) : null;
    },
    getOwnPropertyDescriptor: (target, key) =>
      Reflect.getOwnPropertyDescriptor(target, key) ?? {
        value: null,
        configurable: true,
        enumerable: true,
        writable: true,
      },
  });
}
