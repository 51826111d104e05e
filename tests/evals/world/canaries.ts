import type { Attack } from "../corpus/attack";

/** What every canary looks like. */
export const CANARY = /canary[0-9a-z]{6}z/g;

/** Where a canary was planted. */
export interface Planted {
  readonly canary: string;
  readonly place: string;
  readonly attack: Attack;
  /** The attack with its canary in it. */
  readonly text: string;
  /** What a reader must be shown of it. */
  readonly reads: string;
}

/** Gives out texts with a canary in each, and remembers which went where. */
export interface Canaries {
  plant(attack: Attack, place: string): Planted;
  /** Everything that was planted. */
  list(): readonly Planted[];
}

export function createCanaries(): Canaries {
  const planted: Planted[] = [];
  return {
    plant(attack, place) {
      const canary = `canary${planted.length.toString(36).padStart(6, "0")}z`;
      const write = (text: string): string => text.replaceAll("{canary}", canary);
      const one = {
        canary,
        place,
        attack,
        text: write(attack.text),
        reads: write(attack.reads ?? attack.text),
      };
      planted.push(one);
      return one;
    },
    list: () => planted,
  };
}
