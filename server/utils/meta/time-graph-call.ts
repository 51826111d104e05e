import { graphCalls, type GraphCall } from "./graph-calls";

/** Makes a call that never throws, and reports how it ended. */
export async function timeGraphCall<T>(
  operation: GraphCall["operation"],
  call: () => Promise<T>,
  judge: (result: T) => GraphCall["outcome"],
): Promise<T> {
  const startedMs = performance.now();
  const result = await call();
  graphCalls.report({ operation, outcome: judge(result), durationMs: performance.now() - startedMs });
  return result;
}
