import { expect, test } from "vitest";
import {
  decodeNotification,
  describeNotification,
  encodeNotification,
  encodeShutdownCommunication,
} from "../../../src/bgp/codec/notification.ts";
import { decodeRouteRefresh, encodeRouteRefresh } from "../../../src/bgp/codec/route-refresh.ts";
import { hex, message } from "./octets.ts";

test("NOTIFICATION is code, subcode and data (RFC 4271 4.5)", () => {
  const notification = { code: 2, subcode: 1, data: hex("0004") };
  expect(encodeNotification(notification)).toEqual(message(3, "02 01 0004"));
  expect(decodeNotification(message(3, "02 01 0004"))).toEqual(notification);
});

test("data that exceeds a message is cut", () => {
  expect(encodeNotification({ code: 3, subcode: 9, data: new Uint8Array(4090) }).length).toBe(4096);
});

test.each([
  ["0602", "Cease, Administrative Shutdown (6/2)"],
  ["0602 05 6c756e6368", 'Cease, Administrative Shutdown (6/2): "lunch"'],
  ["0604 ff 6c", 'Cease, Administrative Reset (6/4): "l"'],
  ["0400", "Hold Timer Expired (4/0)"],
  ["0163", "Message Header Error (1/99)"],
  ["6363", "(99/99)"],
])("NOTIFICATION %s reads as %s", (body, text) => {
  expect(describeNotification(decodeNotification(message(3, body)))).toBe(text);
});

test("ROUTE-REFRESH names a family (RFC 2918 3)", () => {
  expect(encodeRouteRefresh({ afi: 2, safi: 1 })).toEqual(message(5, "0002 00 01"));
  expect(decodeRouteRefresh(message(5, "0002 00 01"))).toEqual({ afi: 2, safi: 1 });
});

test("an operator's words come back as they were written; more than 255 octets are refused (RFC 9003 2)", () => {
  const data = encodeShutdownCommunication("é".repeat(127));
  expect([data.length, data[0]]).toEqual([255, 254]);
  expect(describeNotification({ code: 6, subcode: 4, data })).toBe(
    `Cease, Administrative Reset (6/4): "${"é".repeat(127)}"`,
  );
  expect(() => encodeShutdownCommunication("é".repeat(128))).toThrow(RangeError);
});
