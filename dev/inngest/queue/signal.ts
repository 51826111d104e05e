/** A wake-up that is not lost when nobody is waiting yet. */
export interface Signal {
  raise(): void;
  /** Resolve once raised, or after a time; a signal raised before counts. */
  wait(timeoutMs: number): Promise<void>;
}

/** Create a lowered signal. */
export function createSignal(): Signal {
  let raised = false;
  let notify: (() => void) | undefined;
  return {
    raise() {
      raised = true;
      notify?.();
    },
    async wait(timeoutMs) {
      if (!raised) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          notify = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        notify = undefined;
      }
      raised = false;
    },
  };
}
