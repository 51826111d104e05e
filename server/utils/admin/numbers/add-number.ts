import { AppError } from "../../errors";
import { newId } from "../../ids";
import type { AdminContext } from "../admin-context";
import { requireClient } from "../clients/require-client";
import { insertNumber } from "./store";
import { insertOutboxEvent } from "../../outbox/store";
import { performAction } from "../perform-action";

export interface AddNumberInput {
  /** Meta's id of the number. */
  readonly waPhoneNumberId: string;
  readonly wabaId: string;
  /** The business portfolio, in which BSUIDs are unique. The WABA stands for it when it is not known. */
  readonly portfolioId?: string | undefined;
  readonly displayNumber: string;
  readonly label: string;
  /** By id or name: who gets messages from people that nobody wrote to before. Nobody, when left out. */
  readonly defaultClientId?: string | undefined;
}

const META_ID = /^\d{1,32}$/;

/**
 * Makes a business number known and returns its id.
 *
 * @throws AppError `conflict` when it is known already, `not_found` for an unknown default client
 */
export async function addNumber(ctx: AdminContext, input: AddNumberInput): Promise<string> {
  return performAction(ctx, "number.added", async (tx, targets) => {
    const { defaultClientId, portfolioId = input.wabaId, ...row } = input;
    for (const id of [row.waPhoneNumberId, row.wabaId, portfolioId]) requireMetaId(id);
    const client = defaultClientId === undefined ? undefined : await requireClient(tx, defaultClientId);
    const id = newId();
    const inserted = await insertNumber(tx, { id, ...row, portfolioId, defaultClientId: client?.id });
    if (!inserted) {
      throw new AppError("conflict", "This number was added before.", {
        advice: '"numbers list" shows it; "numbers enable" brings a disabled one back.',
      });
    }
    targets.phoneNumberId = id;
    // What it may send outside the window, and how Meta sees it, is known at once, and not only after the night.
    for (const name of ["wa/templates.changed", "wa/numbers.changed"] as const) {
      const data = { waba_id: row.wabaId };
      await insertOutboxEvent(tx, { name, data, availableAt: ctx.clock.now() });
    }
    return id;
  });
}

function requireMetaId(id: string): void {
  if (META_ID.test(id)) return;
  throw new AppError("invalid_arguments", "Meta's ids of a number, a WABA and a portfolio are digits.", {
    advice: 'In Meta\'s WhatsApp Manager: "Phone number ID" and "WhatsApp Business Account ID".',
  });
}
