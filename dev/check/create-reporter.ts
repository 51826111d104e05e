export type Step = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Runs named steps and prints how long each took. */
export function createReporter(log: (line: string) => void): { step: Step; count: () => number } {
  let count = 0;
  return {
    count: () => count,
    async step(name, work) {
      const startedMs = performance.now();
      const elapsed = (): string => `${(performance.now() - startedMs).toFixed(0).padStart(6)} ms`;
      try {
        const result = await work();
        count += 1;
        log(`  ok ${elapsed()}  ${name}`);
        return result;
      } catch (error) {
        log(`FAIL ${elapsed()}  ${name}`);
        throw error;
      }
    },
  };
}
