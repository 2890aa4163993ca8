import { field, NETCONF, ORCHARD, orchard, tree } from "../orchard.ts";

export interface Sample {
  /** Files of test/yang, or `name@revision` of the packaged modules. */
  readonly modules: readonly string[];
  /** Features on, by module; all others are off. */
  readonly features?: Readonly<Record<string, readonly string[]>>;
  readonly type: "data" | "config" | "nc-rpc" | "nc-reply" | "nc-notif";
  readonly text: string;
  /** For nc-reply: the rpc it answers. */
  readonly request?: string;
  /** What an operation may refer to. */
  readonly operational?: string;
}

const EVENTS = "urn:ietf:params:xml:ns:netconf:notification:1.0";
const H = "<height>4.5</height>";
const MODULES = ["orchard"];
const FEATURES = { orchard: ["bees"] };
const data = (text: string): Sample => ({ modules: MODULES, features: FEATURES, type: "data", text });
const config = (text: string): Sample => ({ ...data(text), type: "config" });
const NETCONF_MODULES = ["orchard", "ietf-netconf@2011-06-01"];
const operation = (type: "nc-rpc" | "nc-notif" | "nc-reply", text: string, more: Partial<Sample> = {}): Sample => ({
  modules: NETCONF_MODULES,
  features: { ...FEATURES, "ietf-netconf@2011-06-01": ["candidate"] },
  type,
  text,
  ...more,
});
const rpc = (content: string): string => `<rpc xmlns="${NETCONF}" message-id="1">${content}</rpc>`;
const reply = (content: string): string => `<rpc-reply xmlns="${NETCONF}" message-id="1">${content}</rpc-reply>`;
const notification = (content: string): string =>
  `<notification xmlns="${EVENTS}"><eventTime>2025-01-01T00:00:00Z</eventTime>${content}</notification>`;
const HARVEST = rpc(`<harvest xmlns="${ORCHARD}"><nickname>Ida</nickname></harvest>`);
const STORE = orchard(`${field("north")}${tree(1, `<nickname>Ida</nickname>${H}`)}`);
const INTERFACES = ["ietf-interfaces@2018-02-20", "iana-if-type@2014-05-08", "ietf-ip@2018-02-22"];
const interfaces = (content: string): Sample => ({
  modules: INTERFACES,
  type: "config",
  text: `<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces">${content}</interfaces>`,
});
const ETHERNET = '<type xmlns:i="urn:ietf:params:xml:ns:yang:iana-if-type">i:ethernetCsmacd</type>';
const ferry = (content: string): Sample => ({
  modules: ["ferry", "ferry-kinds"],
  type: "config",
  text: `<ferry xmlns="urn:example:ferry" xmlns:k="urn:example:ferry-kinds">${content}</ferry>`,
});

/** Entries in another order than that of their keys. */
export const OUT_OF_ORDER = data(orchard(`${field("south")}${field("north")}`));

/** Data that is right: accepted by both, and printed alike. */
export const ACCEPTED: Readonly<Record<string, Sample>> = {
  "an empty container": data(orchard("")),
  "entries with defaults": data(orchard(`${field("north")}${tree(1, H)}${tree(2, H)}`)),
  "values to be made canonical": data(
    orchard(
      `${field("north")}${tree(1, "<height>+04.50</height><age>007</age><sensor>2001:DB8:0:0::1</sensor><crop>+10</crop>")}`,
    ),
  ),
  "text beyond ASCII, and what XML escapes": data(
    orchard(`${field("Ähre")}${tree(1, `<nickname>Käthe 🍎 &lt;&amp;&gt;"'</nickname>${H}`, "Ähre")}`),
  ),
  "an order of the user's": data(
    orchard(
      `<ladder><id>3</id></ladder><ladder><id>1</id></ladder>${field("north")}${tree(1, `${H}<picker>b</picker><picker>a</picker>`)}`,
    ),
  ),
  "an identity of the model": data(orchard(`${field("north")}${tree(1, `${H}<fruit>pear</fruit>`)}`)),
  "a default that was set": data(orchard(`<open>true</open>${field("north")}${tree(1, `${H}<crop>10</crop>`)}`)),
  "a presence container and a choice": data(orchard("<shop><till>1</till><shelf><id>1</id></shelf><cash/></shop>")),
  state: data(orchard(`${field("north")}${tree(1, `${H}<observed><fruits>7</fruits></observed>`)}`)),
  "anydata of the model": data(orchard(`<notes>${orchard("<open>false</open>")}</notes>`)),
  "a reference to what is there": data(
    orchard(`${field("north")}${tree(1, `<nickname>Ida</nickname>${H}`)}<best>Ida</best>`),
  ),
  JSON: data(
    JSON.stringify({
      "orchard:orchard": {
        field: [{ name: "north" }],
        tree: [{ field: "north", number: 1, height: "4.50", fruit: "orchard:pear", tag: ["x"], crop: 3 }],
        shop: { till: 1, shelf: [{ id: 2 }], card: [null] },
      },
    }),
  ),
  "an interface (RFC 8343) with addresses (RFC 8344)": interfaces(
    `<interface><name>eth0</name>${ETHERNET}<ipv4 xmlns="urn:ietf:params:xml:ns:yang:ietf-ip"><address><ip>192.0.2.1</ip><prefix-length>24</prefix-length></address></ipv4></interface>`,
  ),
  "whens that hold, of a container, a case and an augment": ferry(
    "<kind>k:motor</kind><crew>3</crew><hat>x</hat><engine/><car><id>1</id><owner><name>a</name></owner></car><twin>3</twin>",
  ),
};

/** Data that is wrong: refused by both, for the same reason, at the same place. */
export const REFUSED: Readonly<Record<string, Sample>> = {
  "an unknown element": config(orchard("<goat/>")),
  "an unknown namespace": config('<orchard xmlns="urn:none"/>'),
  "a bad boolean": config(orchard("<open>maybe</open>")),
  "a number out of range": config(orchard(`${field("north")}${tree(1, `${H}<crop>1001</crop>`)}`)),
  "a number out of its type": config(orchard(`${field("north")}${tree(1, `${H}<age>65536</age>`)}`)),
  "too many digits": config(orchard(`${field("north")}${tree(1, "<height>1.234</height>")}`)),
  "a pattern": config(orchard(field("1st"))),
  "a length": config(orchard(field("n".repeat(21)))),
  "an enum": config(orchard(`${field("north")}${tree(1, `${H}<state-of-life>undead</state-of-life>`)}`)),
  "an identity that is not derived": config(orchard(`${field("north")}${tree(1, `${H}<fruit>fruit</fruit>`)}`)),
  "no member of a union": config(orchard(`${field("north")}${tree(1, `${H}<sensor>here</sensor>`)}`)),
  "a missing key": config(orchard(`<tree><number>1</number>${H}</tree>`)),
  "a missing mandatory leaf": config(orchard(field("north") + tree(1))),
  "a missing mandatory choice": config(orchard("<shop><till>1</till><shelf><id>1</id></shelf></shop>")),
  "both cases of a choice": config(orchard("<shop><till>1</till><shelf><id>1</id></shelf><cash/><card/></shop>")),
  "too few entries": config(orchard("<shop><till>1</till><cash/></shop>")),
  "too many entries": config(
    orchard(
      "<shop><till>1</till><shelf><id>1</id></shelf><shelf><id>2</id></shelf><shelf><id>3</id></shelf><cash/></shop>",
    ),
  ),
  "too many in a leaf-list": config(
    orchard(
      `${field("north")}${tree(1, `${H}<picker>a</picker><picker>b</picker><picker>c</picker><picker>d</picker>`)}`,
    ),
  ),
  "a must with a message of the model's": config(orchard(`${field("north")}${tree(1, "<height>13</height>")}`)),
  "a must": config(orchard(`${field("north")}${tree(1, `${H}<age>101</age>`)}`)),
  "a when": config(orchard(`${field("north")}${tree(1, `${H}<state-of-life>dead</state-of-life><crop>1</crop>`)}`)),
  unique: config(
    orchard(`${field("north")}${tree(1, `<nickname>a</nickname>${H}`)}${tree(2, `<nickname>a</nickname>${H}`)}`),
  ),
  "a key twice": config(orchard(`${field("north")}${field("north")}`)),
  "a leaf twice": config(orchard("<open>true</open><open>false</open>")),
  "a leafref to nothing": config(orchard(tree(1, H, "south"))),
  "a leafref to what has another value": config(
    orchard(`${field("north")}${tree(1, `<nickname>Ida</nickname>${H}`)}<best>Ada</best>`),
  ),
  "state in configuration": config(
    orchard(`${field("north")}${tree(1, `${H}<observed><fruits>7</fruits></observed>`)}`),
  ),
  "a leaf of a feature that is off": config(orchard(`${field("north")}${tree(1, `${H}<hose>x</hose>`)}`)),
  "tags that do not match": config("<orchard><field></orchard></field>"),
  "an entity nobody declared": config(orchard("<open>&yes;</open>")),
  "a when of an augment": ferry("<crew>9</crew><kind>k:sail</kind><hat>x</hat>"),
  "a when of a uses, which compares no node": ferry(
    "<kind>k:motor</kind><crew>3</crew><engine><limit>5</limit></engine>",
  ),
  "an interface without type": interfaces("<interface><name>eth0</name></interface>"),
  "an interface of an unknown type": interfaces("<interface><name>eth0</name><type>goat</type></interface>"),
};

/** How far a NETCONF message comes: it is refused, it is one of the model but not valid, or it is valid. */
export type Fate = "refused" | "not valid" | "valid";

export interface Message {
  readonly sample: Sample;
  readonly fate: Fate;
  /** Refused by 2.1, which parses the content of a reply as strictly as that of any other message. */
  readonly isRefusedNatively?: boolean;
}

export const MESSAGES: Readonly<Record<string, Message>> = {
  "an rpc": { sample: operation("nc-rpc", HARVEST, { operational: STORE }), fate: "valid" },
  "an rpc that refers to nothing": { sample: operation("nc-rpc", HARVEST), fate: "not valid" },
  "an rpc without mandatory input": {
    sample: operation("nc-rpc", rpc(`<harvest xmlns="${ORCHARD}"/>`)),
    fate: "not valid",
  },
  "an action": {
    sample: operation(
      "nc-rpc",
      rpc(
        `<action xmlns="urn:ietf:params:xml:ns:yang:1"><orchard xmlns="${ORCHARD}">${tree(1, "<shake><force>9</force></shake>")}</orchard></action>`,
      ),
      { operational: STORE },
    ),
    fate: "valid",
  },
  "an edit-config": {
    sample: operation(
      "nc-rpc",
      rpc(`<edit-config><target><candidate/></target><config>${orchard(field("north"))}</config></edit-config>`),
    ),
    fate: "valid",
  },
  "an edit-config without target": {
    sample: operation("nc-rpc", rpc(`<edit-config><config>${orchard("")}</config></edit-config>`)),
    fate: "not valid",
  },
  "no rpc": { sample: operation("nc-rpc", "<hello/>"), fate: "refused" },
  "an unknown rpc": { sample: operation("nc-rpc", rpc('<dance xmlns="urn:none"/>')), fate: "refused" },
  "an ok": {
    sample: operation("nc-reply", reply("<ok/>"), { request: HARVEST, operational: STORE }),
    fate: "valid",
  },
  "a reply with output": {
    sample: operation("nc-reply", reply(`<weight xmlns="${ORCHARD}">7</weight>`), {
      request: HARVEST,
      operational: STORE,
    }),
    fate: "valid",
  },
  "a reply with a bad value": {
    sample: operation("nc-reply", reply(`<weight xmlns="${ORCHARD}">-7</weight>`), {
      request: HARVEST,
      operational: STORE,
    }),
    fate: "not valid",
    isRefusedNatively: true,
  },
  "a notification": {
    sample: operation("nc-notif", notification(`<frost xmlns="${ORCHARD}"><degrees>-4</degrees></frost>`)),
    fate: "valid",
  },
  "a notification within data": {
    sample: operation(
      "nc-notif",
      notification(`<orchard xmlns="${ORCHARD}">${tree(1, "<fell><reason>storm</reason></fell>")}</orchard>`),
      { operational: STORE },
    ),
    fate: "valid",
  },
  "a notification with a bad value": {
    sample: operation("nc-notif", notification(`<frost xmlns="${ORCHARD}"><degrees>cold</degrees></frost>`)),
    fate: "refused",
  },
  "a notification without time": {
    sample: operation("nc-notif", `<notification xmlns="${EVENTS}"><frost xmlns="${ORCHARD}"/></notification>`),
    fate: "refused",
  },
};
