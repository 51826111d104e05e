import type { Random } from "../core/random";
import type { Fault, FaultKind, FaultSpec } from "./fault";

/** What is known about the thing a fault might strike. */
export interface FaultFacts {
  on?: "send" | "read" | "upload" | "media" | "download" | "other";
  about?: "messages" | "statuses" | "account" | "raw";
  status?: string | undefined;
  phoneNumberId?: string | undefined;
  waId?: string | undefined;
}

/** Holds the faults in force and decides when one strikes. */
export interface FaultBox {
  add(spec: FaultSpec): Fault;
  /** The fault of this kind that strikes now, if any; it counts as used. `accepts` narrows the choice. */
  take(kind: FaultKind, facts: FaultFacts, accepts?: (fault: Fault) => boolean): Fault | undefined;
  list(): Fault[];
  /** Removes one fault, or all of them. Tells how many went. */
  remove(id?: string): number;
}

/** Faults that stay until somebody ends them, unless a count or a probability says otherwise. */
const LASTING = new Set<FaultKind>(["hold"]);

/** Spent faults stay visible for their `hits`, but not so many that a long run grows slow. */
const FAULTS_KEPT = 200;

/** An empty box. Chance comes from `random` alone, so a seed makes a run repeatable. */
export function createFaultBox(random: Random): FaultBox {
  const faults = new Map<string, Fault>();
  let created = 0;

  function add(spec: FaultSpec): Fault {
    created += 1;
    const fault: Fault = { ...spec, id: `fault-${created}`, hits: 0 };
    const once = spec.probability === undefined && !LASTING.has(spec.kind);
    const remaining = spec.count ?? (once ? 1 : undefined);
    if (remaining !== undefined) fault.remaining = remaining;
    if (faults.size >= FAULTS_KEPT) forgetSpent(faults);
    faults.set(fault.id, fault);
    return fault;
  }

  function take(kind: FaultKind, facts: FaultFacts, accepts?: (fault: Fault) => boolean): Fault | undefined {
    if (faults.size === 0) return undefined;
    for (const fault of faults.values()) {
      if (fault.kind !== kind || fault.remaining === 0) continue;
      if (!matches(fault, facts) || accepts?.(fault) === false) continue;
      if (fault.skip !== undefined && fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      if (fault.probability !== undefined && random.next() >= fault.probability) continue;
      fault.hits += 1;
      if (fault.remaining !== undefined) fault.remaining -= 1;
      return fault;
    }
    return undefined;
  }

  function remove(id?: string): number {
    const before = faults.size;
    if (id === undefined) faults.clear();
    else faults.delete(id);
    return before - faults.size;
  }

  return { add, take, list: () => [...faults.values()], remove };
}

function forgetSpent(faults: Map<string, Fault>): void {
  for (const [id, { remaining }] of faults) if (remaining === 0) faults.delete(id);
}

function matches(fault: Fault, facts: FaultFacts): boolean {
  if (facts.on !== undefined) {
    const wanted = fault.on ?? "send";
    if (wanted !== "any" && wanted !== facts.on) return false;
  }
  if (facts.about !== undefined && fault.about !== undefined && fault.about !== "any") {
    if (fault.about !== facts.about) return false;
  }
  if (fault.status !== undefined && fault.status !== facts.status) return false;
  if (fault.phone_number_id !== undefined && fault.phone_number_id !== facts.phoneNumberId) return false;
  return fault.wa_id === undefined || fault.wa_id === facts.waId;
}
