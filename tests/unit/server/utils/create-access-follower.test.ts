import { expect, it } from "vitest";
import { createAccessFollower } from "#server/utils/create-access-follower";
import { createRecordingLog } from "../helpers/recording-log";

it("tries again what could not be read, until it could, and then no more", async () => {
  const asked: (string | undefined)[] = [];
  let failing: (string | undefined)[] = ["ann", undefined];
  const { log, lines } = createRecordingLog();
  const holder = {
    async refresh(clientId?: string): Promise<void> {
      asked.push(clientId);
      if (failing.includes(clientId)) throw new Error("no connection");
    },
  };
  const follower = createAccessFollower(holder, log);
  await follower.refresh("ann");
  await follower.refresh("bob");
  await follower.refresh();
  await follower.retry();
  expect(asked.splice(0)).toEqual(["ann", "bob", undefined, "ann", undefined]);
  failing = ["ann"];
  await follower.retry();
  failing = [];
  await follower.retry();
  expect(asked.splice(0)).toEqual(["ann", undefined, "ann"]);
  await follower.retry();
  expect(asked).toEqual([]);
  expect(lines).toHaveLength(5);
});
