import { describe, expect, it } from "vitest";
import type { NumberChangeInput } from "#simulator/control/account-schemas";
import { createControlClient } from "#simulator/control/create-control-client";
import { refusalOf, sendAs } from "./files";
import { NUMBER, OTHER_NUMBER, PERSON, textTo, useStage, WABA } from "./setup";

const stage = useStage();

const FIELDS =
  "quality_rating,status,throughput,messaging_limit_tier,whatsapp_business_manager_messaging_limit,name_status," +
  "code_verification_status,account_mode,platform_type,verified_name,health_status";
const describeNumber = async () =>
  (await (await stage.get(`/v23.0/${NUMBER}?fields=${FIELDS}`)).json()) as Record<string, unknown>;
const webhooks = () =>
  stage.receiver.received.flatMap(({ body }) => {
    const { entry } = JSON.parse(body) as {
      entry: { changes: { field: string; value: Record<string, unknown> }[] }[];
    };
    return entry.flatMap(({ changes }) => changes);
  });

describe("a number's health", () => {
  it("is good at first, and shows what was changed", async () => {
    expect(await describeNumber()).toMatchObject({
      id: NUMBER,
      quality_rating: "GREEN",
      status: "CONNECTED",
      throughput: { level: "STANDARD" },
      messaging_limit_tier: "TIER_2K",
      name_status: "APPROVED",
      code_verification_status: "VERIFIED",
      account_mode: "LIVE",
      platform_type: "CLOUD_API",
      health_status: { can_send_message: "AVAILABLE" },
    });
    const control = createControlClient(stage.simulator.url);
    const changed = await control.changeNumber(NUMBER, {
      quality_rating: "YELLOW",
      status: "FLAGGED",
      messaging_limit_tier: "TIER_10K",
      throughput_level: "HIGH",
      name_status: "PENDING_REVIEW",
      verified_name: "New Name",
      code_verification_status: "EXPIRED",
      account_mode: "SANDBOX",
      can_send_message: "LIMITED",
    });
    expect(changed).toMatchObject({ id: NUMBER, quality_rating: "YELLOW", verified_name: "New Name" });
    const shown = await describeNumber();
    expect(shown).toMatchObject({
      quality_rating: "YELLOW",
      status: "FLAGGED",
      throughput: { level: "HIGH" },
      messaging_limit_tier: "TIER_10K",
      whatsapp_business_manager_messaging_limit: "TIER_10K",
      name_status: "PENDING_REVIEW",
      verified_name: "New Name",
      code_verification_status: "EXPIRED",
      account_mode: "SANDBOX",
      health_status: {
        can_send_message: "LIMITED",
        entities: [{ entity_type: "PHONE_NUMBER", errors: [{}] }, {}, {}],
      },
    });
    expect((await stage.get(`/v23.0/${OTHER_NUMBER}?fields=status`)).status).toBe(200);
    await control.reset();
    expect(await describeNumber()).toMatchObject({ quality_rating: "GREEN", verified_name: "Demo Business" });
  });

  it.each<[NumberChangeInput, [string, unknown][]]>([
    [{ quality_rating: "YELLOW" }, []],
    [{ quality_rating: "RED" }, [["phone_number_quality_update", "FLAGGED"]]],
    [{ throughput_level: "HIGH" }, [["phone_number_quality_update", "THROUGHPUT_UPGRADE"]]],
    [
      { messaging_limit_tier: "TIER_10K" },
      [
        ["phone_number_quality_update", "UPGRADE"],
        ["business_capability_update", undefined],
      ],
    ],
    [
      { messaging_limit_tier: "TIER_250" },
      [
        ["phone_number_quality_update", "DOWNGRADE"],
        ["business_capability_update", undefined],
      ],
    ],
    [{ name_status: "DECLINED" }, [["phone_number_name_update", undefined]]],
    [{ status: "BANNED" }, [["account_update", "DISABLED_UPDATE"]]],
    [{ status: "RESTRICTED" }, [["account_update", "ACCOUNT_RESTRICTION"]]],
    [{ status: "CONNECTED" }, []],
  ])("%j is told with %j", async (change, expected) => {
    await stage.simulator.changeNumber(NUMBER, change);
    // A message after it, so that silence can be told from slowness.
    await stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body: "after" } });
    await expect.poll(() => stage.messages().length).toBe(1);
    await expect.poll(() => webhooks().length).toBe(expected.length + 1);
    const told = webhooks().filter(({ field }) => field !== "messages");
    expect(told.map(({ field, value }) => [field, value.event]).sort()).toEqual(expected.toSorted());
  });

  it("comes back by webhook as well", async () => {
    await stage.simulator.changeNumber(NUMBER, { quality_rating: "RED" });
    await stage.simulator.changeNumber(NUMBER, { quality_rating: "GREEN" });
    await expect
      .poll(() =>
        webhooks()
          .map(({ value }) => value.event)
          .sort(),
      )
      .toEqual(["FLAGGED", "UNFLAGGED"]);
    expect(webhooks()[0]?.value).toMatchObject({
      display_phone_number: "15550783881",
      max_daily_conversations_per_business: "TIER_2K",
    });
  });

  it.each([
    ["DISCONNECTED", 133010],
    ["UNVERIFIED", 133010],
    ["BANNED", 131031],
    ["RESTRICTED", 368],
    ["RATE_LIMITED", 131048],
    ["FLAGGED", undefined],
  ] as const)("a number that is %s answers a send with %s", async (status, code) => {
    await stage.simulator.changeNumber(NUMBER, { status });
    expect((await refusalOf(await sendAs(stage, "text", { body: "hi" }))).code).toBe(code);
    expect((await stage.post(textTo(`+${PERSON}`, "hi"), { number: OTHER_NUMBER })).status).toBe(200);
  });

  it("names what is wrong with a change", async () => {
    const control = createControlClient(stage.simulator.url);
    await expect(control.changeNumber(NUMBER, { quality_rating: "BLUE" } as never)).rejects.toThrow(
      /400.*quality_rating/,
    );
    await expect(control.changeNumber("1", {})).rejects.toThrow(/404/);
  });
});

describe("the account", () => {
  it("sends any webhook about itself, with the time, and faults can strike those alone", async () => {
    const control = createControlClient(stage.simulator.url);
    const value = { event: "ACCOUNT_VIOLATION", violation_info: { violation_type: "SPAM" } };
    await stage.simulator.addFault({ kind: "duplicate", about: "account" });
    await stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body: "hi" } });
    await control.sendAccountWebhook({ field: "account_update", value });
    await expect.poll(() => stage.receiver.received.length).toBe(3);
    expect(JSON.parse(stage.receiver.received.at(-1)!.body)).toEqual({
      object: "whatsapp_business_account",
      entry: [
        { id: WABA, time: expect.any(Number) as unknown, changes: [{ field: "account_update", value }] },
      ],
    });
    expect((await control.webhooks({ about: "account" })).deliveries).toHaveLength(2);
  });

  it("describes itself", async () => {
    expect(
      await (await stage.get(`/v23.0/${WABA}?fields=name,account_review_status,nothing`)).json(),
    ).toEqual({
      id: WABA,
      name: "WhatsApp simulator",
      account_review_status: "APPROVED",
    });
  });
});

describe("the clock", () => {
  it("goes forward only: windows close, and a reset brings it back", async () => {
    const control = createControlClient(stage.simulator.url);
    await stage.simulator.configure({ window: "sync" });
    await stage.simulator.sendFromPerson(PERSON, { type: "text", text: { body: "hi" } });
    expect((await sendAs(stage, "text", { body: "1" })).status).toBe(200);
    const { ahead_ms: ahead } = await control.advanceClock(24 * 3600 * 1000);
    expect(ahead).toBe(24 * 3600 * 1000);
    expect(await refusalOf(await sendAs(stage, "text", { body: "2" }))).toEqual({
      status: 400,
      code: 131047,
    });
    await expect(control.advanceClock(-1)).rejects.toThrow(/400/);
    await control.reset();
    expect((await control.state()).clock_ahead_ms).toBe(0);
  });
});
