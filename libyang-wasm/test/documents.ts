import fc from "fast-check";
import { NETCONF, ORCHARD } from "./orchard.ts";

/** Random XML documents around the orchard model: some valid, most not, some not even XML. */
const EVENTS = "urn:ietf:params:xml:ns:netconf:notification:1.0";
const YANG = "urn:ietf:params:xml:ns:yang:1";
const PREFIXES = `xmlns:nc="${NETCONF}" xmlns:yang="${YANG}" xmlns:o="${ORCHARD}"`;

const CHILDREN: Record<string, readonly string[]> = {
  orchard: ["open", "field", "tree", "tree", "ladder", "shop", "best", "notes", "goat"],
  field: ["name"],
  tree: ["field", "number", "nickname", "height", "fruit", "state-of-life", "crop", "age", "picker", "tag", "observed"],
  observed: ["fruits"],
  ladder: ["id", "length"],
  shop: ["till", "shelf", "cash", "card"],
  shelf: ["id"],
  notes: ["orchard", "goat", "open"],
  goat: ["goat", "open", "picker"],
  frost: ["degrees"],
  harvest: ["nickname", "weight"],
};

const VALUES = [
  "",
  "1",
  "2",
  "north",
  "true",
  "Ida",
  "apple",
  "o:pear",
  "dead",
  "x:y",
  "4.50",
  "é🍎",
  "a b",
  "&lt;&#65;",
];
const TEXTS = [" ", "text", "<!-- comment -->", "<?pi pi?>", "<![CDATA[<x>]]>", "&bogus;"];
const ATTRIBUTES = [
  'nc:operation="delete"',
  'nc:operation="bogus"',
  'yang:insert="first"',
  "yang:key=\"[id='1']\"",
  'plain="1"',
  'xml:lang="en"',
  'none:a="1"',
  'xmlns="urn:none"',
  `xmlns="${ORCHARD}"`,
  'xmlns=""',
];

/** `rare(20, x, y)`: y once in 20. */
const rare = <T>(times: number, usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: times - 1, arbitrary: usual }, { weight: 1, arbitrary: odd });

function element(name: string, depth: number): fc.Arbitrary<string> {
  const kinds = CHILDREN[name];
  const attribute = rare(
    12,
    fc.constant(""),
    fc.constantFrom(...ATTRIBUTES).map((text) => ` ${text}`),
  );
  const child =
    kinds === undefined || depth === 0
      ? fc.constantFrom(...VALUES)
      : fc
          .array(
            fc.constantFrom(...kinds).chain((kind) => rare(25, element(kind, depth - 1), fc.constantFrom(...TEXTS))),
            { maxLength: 5 },
          )
          .map((parts) => parts.join(""));
  return fc.tuple(attribute, child).map(([marks, content]) => `<${name}${marks}>${content}</${name}>`);
}

const model = (name: string): fc.Arbitrary<string> =>
  element(name, 4).map((text) => text.replace(`<${name}`, `<${name} xmlns="${ORCHARD}" ${PREFIXES}`));

const envelope = (open: string, close: string, content: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  content.map((text) => `${open}${text}${close}`);

const intact = {
  data: fc
    .array(rare(10, model("orchard"), model("goat")), { minLength: 1, maxLength: 2 })
    .map((parts) => parts.join("")),
  rpc: fc.oneof(
    envelope(
      `<rpc xmlns="${NETCONF}" message-id="1"><edit-config><target><running/></target><config>`,
      "</config></edit-config></rpc>",
      rare(5, model("orchard"), model("goat")),
    ),
    envelope(`<rpc xmlns="${NETCONF}">`, "</rpc>", fc.oneof(model("harvest"), model("orchard"), fc.constant("<get/>"))),
    envelope(`<rpc xmlns="${NETCONF}"><action xmlns="${YANG}">`, "</action></rpc>", model("orchard")),
  ),
  notification: envelope(
    `<notification xmlns="${EVENTS}"><eventTime>2025-01-01T00:00:00Z</eventTime>`,
    "</notification>",
    fc.oneof(model("frost"), model("orchard")),
  ),
  reply: envelope(
    `<rpc-reply xmlns="${NETCONF}">`,
    "</rpc-reply>",
    fc.oneof(model("weight"), model("goat"), fc.constant("<ok/>"), fc.constant("<rpc-error/>")),
  ),
};

type DocumentKind = keyof typeof intact;

/** A piece of the text taken out, doubled, or replaced. */
function damage(text: string): fc.Arbitrary<string> {
  return fc
    .record({
      at: fc.nat(text.length),
      length: fc.nat(12),
      instead: fc.constantFrom("", "<", ">", '"', "&", "]]>", "\u0001", "</", "<x>", "x:", "="),
    })
    .map(({ at, length, instead }) => text.slice(0, at) + instead + text.slice(at + length));
}

/** Documents with what they claim to be. */
export const documents: fc.Arbitrary<{ kind: DocumentKind; text: string }> = fc
  .constantFrom<DocumentKind>("data", "data", "rpc", "notification", "reply")
  .chain((kind) =>
    intact[kind].chain((text) => rare(6, fc.constant(text), damage(text))).map((text) => ({ kind, text })),
  );
