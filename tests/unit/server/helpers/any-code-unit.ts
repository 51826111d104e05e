import fc from "fast-check";

/** Any UTF-16 unit, lone surrogates and NUL included; those that make trouble come often. */
export const anyCodeUnit: fc.Arbitrary<string> = fc
  .oneof(fc.constantFrom(0x0000, 0xd83d, 0xde00, 0x200d, 0xfe0f, 0x0061), fc.integer({ min: 0, max: 0xffff }))
  .map((unit) => String.fromCharCode(unit));
