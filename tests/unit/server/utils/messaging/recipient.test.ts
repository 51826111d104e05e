import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "#server/utils/errors";
import { readRecipient as read } from "#server/utils/messaging/recipient";

const readRecipient = (text: string) => read(text, "to");
const phone = (value: string) => ({ kind: "phone_input", value });

function failureOf(to: string): AppError {
  try {
    readRecipient(to);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error("it was not refused");
}

describe("readRecipient", () => {
  it.each([
    "+16505551234",
    "16505551234",
    "+1 (650) 555-1234",
    "+1.650.555.1234",
    " +1 650\u00a0555 1234\n",
    "1-650-555-1234",
    "0016505551234",
    "00 1 650 555 1234",
  ])("reads the phone number %j", (to) => {
    expect(readRecipient(to)).toEqual(phone("16505551234"));
  });

  it("leaves out the zero that is dialled only within a country", () => {
    expect(readRecipient("+44 (0)20 7946 0958")).toEqual(phone("442079460958"));
  });

  it("accepts what E.164 does: up to 15 digits", () => {
    expect(readRecipient("+123456")).toEqual(phone("123456"));
    expect(readRecipient("+123456789012345")).toEqual(phone("123456789012345"));
  });

  it("reads our own contact id, in either case", () => {
    const contactId = "01980000-abcd-7000-8000-00000000000f";
    expect(readRecipient(contactId)).toEqual({ kind: "contact", contactId });
    expect(readRecipient(` ${contactId.toUpperCase()} `)).toEqual({ kind: "contact", contactId });
  });

  it.each(["US.13491208655302741918", "US.ENT.11815799212886844830", `DE.${"a1B".repeat(42)}aa`])(
    "reads the user id %s",
    (to) => expect(readRecipient(to)).toEqual({ kind: "bsuid", value: to }),
  );

  it.each([
    ["empty", ""],
    ["blank", "   "],
    ["a name", "Ann"],
    ["too short", "+12345"],
    ["too long", "+1234567890123456"],
    ["a number without its country", "0176 12345678"],
    ["zeros", "000000000"],
    ["letters for digits", "+1 650 555 CALL"],
    ["digits of another script", "+\u0661\u0662\u0663\u0664\u0665\u0666\u0667"],
    ["two numbers", "+16505551234,+16505551235"],
    ["an extension", "+16505551234x12"],
    ["a user id in lower case", "us.13491208655302741918"],
    ["a user id that is too long", `US.${"1".repeat(129)}`],
    ["a user id with a sign in it", "US.1349_12"],
    ["nearly a contact id", "01980000-abcd-7000-8000-00000000000"],
    ["a group", "120363025246125486@g.us"],
    ["something to inject", "16505551234\u0000"],
  ])("refuses what is %s, and names the field", (_, to) => {
    expect(() => readRecipient(to)).toThrow(
      expect.objectContaining({ code: "invalid_arguments", details: { field: "to" } }),
    );
  });

  it("never repeats what was given", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const to = `secret-${text}`;
        const { code, message, advice, details } = failureOf(to);
        expect(code).toBe("invalid_arguments");
        expect(JSON.stringify({ message, advice, details })).not.toContain("secret-");
      }),
    );
  });

  it("gives one form to a number however it is written", () => {
    // Brackets never around a single digit: "(0)" means something else.
    const signs = fc.constantFrom("", " ", "-", ".", "( ", "\t");
    const digits = fc.stringMatching(/^[1-9]\d{5,14}$/);
    fc.assert(
      fc.property(digits, fc.infiniteStream(signs), fc.constantFrom("", "+"), (number, stream, plus) => {
        const written = [...number].map((digit) => digit + (stream.next().value as string)).join("");
        expect(readRecipient(plus + written)).toEqual(phone(number));
      }),
    );
  });
});
