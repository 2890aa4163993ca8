import { expect, test } from "vitest";
import { createContext } from "./orchard.ts";

/** A context whose list `at` has a key and a leaf `v` of that union. */
function contextWith(types: string) {
  const context = createContext();
  context.loadModule("ietf-inet-types");
  context.parseModule(`module m { yang-version 1.1; namespace urn:m; prefix m;
    import ietf-inet-types { prefix inet; }
    identity kind; identity round { base kind; }
    leaf name { type string; }
    list at { key k; leaf k { type string; } leaf v { type union { ${types} } } } }`);
  return context;
}

test.each([
  ["an identity of another prefix", "type int8; type identityref { base kind; }", "p:round", "m:round"],
  ["an identity in the default namespace", "type int8; type identityref { base kind; }", "round", "m:round"],
  ["a path", "type int8; type instance-identifier;", "/p:name", "/m:name"],
  ["an address", "type enumeration { enum any; } type inet:ip-address;", "2001:DB8:0::1", "2001:db8::1"],
  ["an address with a zone", "type inet:ipv4-address; type inet:ipv6-address;", "fe80::1%eth0", "fe80::1%eth0"],
  ["a prefix", "type inet:ip-prefix; type string;", "10.1.2.3/8", "10.0.0.0/8"],
  ["a reference", 'type leafref { path "/m:name"; } type uint8;', "Ida", "Ida"],
  ["a text with a colon", "type uint8; type string;", "p:round", "p:round"],
])("%s is the same value in every copy, checked again and again", (_, types, written, value) => {
  const context = contextWith(types);
  using parsed = context.parseData(
    `<name xmlns="urn:m">Ida</name><at xmlns="urn:m" xmlns:p="urn:m"><k>1</k><v>${written}</v></at>`,
  );
  const valueIn = (tree: typeof parsed) => tree.findPath("/m:at[k='1']/v")?.value;
  context.validate(parsed);
  using copy = parsed.duplicate();
  context.validate(copy);
  using again = copy.duplicate();
  expect([parsed, copy, again].map(valueIn)).toEqual([value, value, value]);
  using empty = context.emptyTree();
  using difference = empty.diff(copy);
  empty.applyDiff(difference);
  expect(valueIn(empty)).toBe(value);
  using printed = context.parseData(copy.print({ format: "json" }), { format: "json" });
  expect(valueIn(printed)).toBe(value);
});
