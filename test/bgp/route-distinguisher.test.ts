import { expect, test } from "vitest";
import { localDistinguisher, routeDistinguisher } from "../../src/bgp/route-distinguisher.ts";

test.each([
  ["65000:100", 0x0000_fde8_0000_0064n],
  ["0:4294967295", 0x0000_0000_ffff_ffffn],
  ["65535:0", 0x0000_ffff_0000_0000n],
  ["192.0.2.1:100", 0x0001_c000_0201_0064n],
  ["65536:65535", 0x0002_0001_0000_ffffn],
  ["4294967295:1", 0x0002_ffff_ffff_0001n],
])("%s is 64 bits (RFC 4364 4.2)", (text, bits) => {
  expect(routeDistinguisher(text)).toBe(bits);
});

test("a local distinguisher follows from the name alone, and is not that of the global instance", () => {
  expect(localDistinguisher("red")).toBe(localDistinguisher("red"));
  expect(localDistinguisher("red")).not.toBe(localDistinguisher("Red"));
  expect(localDistinguisher("red")).toBe(0xb1f5_1a51_1f1d_a0cdn);
});
