import { expect, test } from "vitest";
import { toFourOctetAs } from "../../../src/bgp/codec/four-octet-attributes.ts";
import { toHex } from "../route-model.ts";
import { hex } from "./octets.ts";

const AS_TRANS = "5ba0";

/** Spaces mean nothing. */
const converted = (attributes: string): string => toHex(toFourOctetAs(hex(attributes)));
const octets = (text: string): string => text.replaceAll(" ", "");

test("AS numbers get four octets, all else stays as it is", () => {
  expect(converted("400101 00 400206 0202 fde8 fde9 400304 0a000001 c00706 fde8 0a000002 c00804 fde80001")).toBe(
    octets("400101 00 40020a 0202 0000fde8 0000fde9 400304 0a000001 c00708 0000fde8 0a000002 c00804 fde80001"),
  );
});

test("AS4_PATH and AS4_AGGREGATOR go into what they stand for (RFC 6793 4.2.3)", () => {
  const asPath = `400208 0203 fde8 ${AS_TRANS} ${AS_TRANS}`;
  const as4Path = "c0110a 0202 00011170 00011171";
  const aggregator = `c00706 ${AS_TRANS} 0a000002`;
  const as4Aggregator = "c01208 00011171 0a000002";
  expect(converted(`400101 00 ${asPath} ${aggregator} ${as4Path} ${as4Aggregator} c06301 aa`)).toBe(
    octets("400101 00 40020e 0203 0000fde8 00011170 00011171 c00708 00011171 0a000002 c06301 aa"),
  );
});

test.each([
  [
    "another speaker has written AGGREGATOR",
    `400204 0201 ${AS_TRANS} c00706 fde8 0a000002 c01106 0201 00011170`,
    "400206 0201 00005ba0 c00708 0000fde8 0a000002",
  ],
  ["AS4_PATH is longer than AS_PATH", `400204 0201 ${AS_TRANS} c0110a 0202 00011170 00011171`, "400206 0201 00005ba0"],
])("what is outdated is ignored: %s", (_why, attributes, expected) => {
  expect(converted(attributes)).toBe(octets(expected));
});

test.each([
  [
    "a set counts as one",
    `40020c 0102 fde8 fde9 0202 fdea ${AS_TRANS}`,
    "0201 00011170",
    "400214 0102 0000fde8 0000fde9 0202 0000fdea 00011170",
  ],
  [
    "segments of a confederation count for nothing, and go with what is before them",
    `40020e 0301 fdf2 0202 fde8 ${AS_TRANS} 0401 fdf3`,
    "0201 00011170",
    "400210 0301 0000fdf2 0202 0000fde8 00011170",
  ],
  [
    "a confederation in AS4_PATH is passed over",
    `400206 0202 fde8 ${AS_TRANS}`,
    "0301 0000fdf2 0201 00011170",
    "40020a 0202 0000fde8 00011170",
  ],
])("AS_PATH and AS4_PATH: %s", (_what, asPath, as4Path, expected) => {
  const value = octets(as4Path);
  expect(converted(`${asPath} c011${(value.length / 2).toString(16).padStart(2, "0")}${value}`)).toBe(octets(expected));
});

test("sequences that do not fit in one segment stay apart; a long attribute has a length of two octets", () => {
  const numbers = (count: number, as: string) => as.repeat(count);
  const asPath = `5002 0202 02ff ${numbers(255, "fde8")} 0201 ${AS_TRANS}`.replace("0202", "0204");
  expect(converted(`${asPath} c01106 0201 00011170`)).toBe(
    octets(`5002 0404 02ff ${numbers(255, "0000fde8")} 0201 00011170`),
  );
});
