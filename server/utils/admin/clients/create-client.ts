import { AppError } from "../../errors";
import { newId } from "../../ids";
import type { AdminContext } from "../admin-context";
import { findClient, insertClient } from "./store";
import { isId } from "../is-id";
import { performAction } from "../perform-action";
import { requireCap } from "../require-cap";

export interface CreateClientInput {
  /** In kebab-case; unique. */
  readonly name: string;
  readonly displayName: string;
  readonly isOwner: boolean;
  /** Messages that all its keys together may send on one day (UTC); unlimited when left out. */
  readonly dailyCap?: number | undefined;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const NAME_LENGTH = 63;

/**
 * Creates a tenant and returns its id.
 *
 * @throws AppError `conflict` when the name is taken, or there is an owner: the database allows one at most
 */
export async function createClient(ctx: AdminContext, input: CreateClientInput): Promise<string> {
  const { dailyCap, ...row } = input;
  return performAction(ctx, "client.created", async (tx, targets) => {
    requireName(row.name);
    requireCap("The daily cap", dailyCap);
    const id = newId();
    const policy = dailyCap === undefined ? {} : { daily_cap: dailyCap };
    if (!(await insertClient(tx, { id, ...row, policy }))) {
      throw (await findClient(tx, { name: row.name })) ? nameTaken() : ownerExists();
    }
    targets.clientId = id;
    return id;
  });
}

function requireName(name: string): void {
  // A name that looks like an id could never be told from one.
  if (NAME.test(name) && name.length <= NAME_LENGTH && !isId(name)) return;
  throw new AppError("invalid_arguments", "This is not a client's name.", {
    advice: `Use small letters, digits and single hyphens, begin with a letter, at most ${NAME_LENGTH}: booking-agent.`,
  });
}

function nameTaken(): AppError {
  return new AppError("conflict", "There is a client with this name.", {
    advice: 'Choose another name; "clients list" shows those that are taken.',
  });
}

function ownerExists(): AppError {
  return new AppError("conflict", "There is an owner already, and there can be only one.", {
    advice: 'Create the client without --owner; "clients list" shows who the owner is.',
  });
}
