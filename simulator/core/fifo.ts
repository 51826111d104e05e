/** A first-in-first-out queue. */
export interface Fifo<T> {
  push(item: T): void;
  /** Puts an item back to the front. */
  unshift(item: T): void;
  shift(): T | undefined;
  readonly size: number;
  clear(): void;
}

/** A queue whose `shift` stays cheap when a hundred thousand items wait (an array's own `shift` moves them all). */
export function createFifo<T>(): Fifo<T> {
  let items: T[] = [];
  let head = 0;
  return {
    push(item) {
      items.push(item);
    },
    unshift(item) {
      if (head === 0) items.unshift(item);
      else {
        head -= 1;
        items[head] = item;
      }
    },
    shift() {
      if (head >= items.length) return undefined;
      const item = items[head];
      head += 1;
      if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
    get size() {
      return items.length - head;
    },
    clear() {
      items = [];
      head = 0;
    },
  };
}
