/** Keeps the work and the strikes in step: the work may not run far ahead, and a strike comes while there is work. */
export interface Gate {
  /** Resolves when this piece of work may begin; with false when there is to be no more. */
  untilOpen(actionNumber: number): Promise<boolean>;
  /** Lets the work go on until so many pieces are finished, and a little further. */
  open(upTo: number): void;
  /** Nothing more begins. */
  end(): void;
  /** A piece of work is finished. */
  pass(): void;
  /** Resolves at once when so many pieces are finished. */
  untilPassed(count: number): Promise<void>;
  readonly passed: number;
}

/** What goes on while a strike takes place. */
const LEAD = 20;

interface Waiting {
  readonly number: number;
  readonly resolve: (isOpen: boolean) => void;
}

export function createGate(): Gate {
  let limit = 0;
  let passed = 0;
  let hasEnded = false;
  let before: Waiting[] = [];
  let after: Waiting[] = [];
  const free = (waiting: readonly Waiting[], upTo: number): Waiting[] => {
    for (const { number, resolve } of waiting) if (number <= upTo) resolve(!hasEnded);
    return waiting.filter(({ number }) => number > upTo);
  };
  return {
    get passed() {
      return passed;
    },
    async untilOpen(number) {
      if (hasEnded || number <= limit) return !hasEnded;
      return new Promise((resolve) => before.push({ number, resolve }));
    },
    open(upTo) {
      limit = upTo + LEAD;
      before = free(before, limit);
    },
    end() {
      hasEnded = true;
      before = free(before, Infinity);
    },
    pass() {
      passed += 1;
      after = free(after, passed);
    },
    async untilPassed(number) {
      if (number > passed) await new Promise((resolve) => after.push({ number, resolve }));
    },
  };
}
