import { expect, test } from "vitest";
import { toNeighborConfig } from "../../src/plane/unit-config.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";
import { edit, engineFixture, schemaFixture } from "../datastore/engine-fixture.ts";

test("the maxima of a neighbour's prefixes reach the speaker as they are committed", async () => {
  const datastore = engineFixture(await schemaFixture());
  const staged = (leaves: string) => {
    datastore.editCandidate(
      edit(`<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>1</local-as><router-id>1.1.1.1</router-id><neighbor>
        <address>192.0.2.1</address><remote-as>2</remote-as>${leaves}</neighbor></bgp>`),
    );
    const unit = datastore.stage({ kind: "candidate" })?.find(({ path }) => path === unitPaths.neighbor);
    return toNeighborConfig(unit?.after ?? {});
  };
  expect(staged("")).toMatchObject({ maximumPrefixes: 5_000_000, familyMaximums: [], prefixWarningPercent: 75 });
  const maximum = (family: string, prefixes: number) =>
    `<family-maximum-prefixes><address-family>${family}</address-family><maximum>${prefixes}</maximum>` +
    "</family-maximum-prefixes>";
  expect(
    staged(
      "<maximum-prefixes>9</maximum-prefixes><prefix-warning-threshold>50</prefix-warning-threshold>" +
        maximum("ipv4-unicast", 7) +
        maximum("ipv6-unicast", 8),
    ),
  ).toMatchObject({
    maximumPrefixes: 9,
    prefixWarningPercent: 50,
    // In no order.
    familyMaximums: expect.arrayContaining([
      { family: "ipv4-unicast", maximum: 7 },
      { family: "ipv6-unicast", maximum: 8 },
    ]),
  });
});
