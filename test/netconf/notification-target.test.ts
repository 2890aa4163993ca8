import { beforeAll, describe, expect, test } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { notificationTarget } from "../../src/netconf/notification-target.ts";
import { notificationMessage } from "../../src/notifications/stream-event.ts";
import type { XmlElement } from "../../src/xml/element.ts";
import { parseWhole } from "../../src/xml/envelope.ts";
import type { NotificationNode } from "../../src/yang/notification-nodes.ts";
import type { EngineFixture } from "../datastore/engine-fixture.ts";
import { engineOf } from "./engine-datastores.ts";

const ALARMS = "urn:example:alarms";

let engine: EngineFixture;
beforeAll(async () => {
  engine = await engineOf("alarms");
});

const content = (xml: string): XmlElement => parseWhole(notificationMessage(0, xml)).children[1] as XmlElement;
const targetOf = (xml: string) => notificationTarget(content(xml), engine);
const wayTo = (node: NotificationNode | undefined): string =>
  node === undefined ? "" : `${wayTo(node.parent)}/${node.module}:${node.name}`;

const FIRE = `<building xmlns="${ALARMS}"><floor><number>7</number><sensor><fire/></sensor></floor></building>`;
const VAULT = `<building xmlns="${ALARMS}"><vault><opened/></vault></building>`;

test("the schema's notifications are known, wherever they are, and nothing else", () => {
  const names = (nodes: readonly NotificationNode[]): unknown[] =>
    nodes.map(({ name, isNotification, isDenyAll, children }) =>
      isNotification ? `${name}${isDenyAll ? "!" : ""}` : { [`${name}${isDenyAll ? "!" : ""}`]: names(children) },
    );
  const alarms = engine.notificationNodes().filter(({ module }) => module === "alarms");
  expect(names(alarms)).toEqual([
    { building: [{ floor: [{ sensor: ["fire"] }] }, { "vault!": ["opened!"] }] },
    "heartbeat",
    "intrusion!",
  ]);
  expect(alarms.every(({ namespace }) => namespace === ALARMS)).toBe(true);
});

test.each([
  ["at the top", `<heartbeat xmlns="${ALARMS}"/>`, "/alarms:heartbeat"],
  ["in data", FIRE, "/alarms:building/alarms:floor/alarms:sensor/alarms:fire"],
  ["that its module does not have any more", `<siren xmlns="${ALARMS}"/>`, "/alarms:siren"],
  ["of no module", '<heartbeat xmlns="urn:example:other"/>', "/:heartbeat"],
  ["in data, that there is not any more", `<building xmlns="${ALARMS}"><roof/></building>`, "/alarms:building"],
])("a notification %s is found", (_, xml, way) => {
  expect(wayTo(targetOf(xml).node)).toBe(way);
});

test("keys are those of the entries that it is in", () => {
  const { keys } = targetOf(FIRE);
  expect([keys(1, "number"), keys(2, "number"), keys(3, "number"), keys(9, "number")]).toEqual([
    undefined,
    "7",
    undefined,
    undefined,
  ]);
});

describe("nacm:default-deny-all", () => {
  const ann = { name: "ann", externalGroups: ["staff"], isRecovery: false };
  async function permitted(xml: string, path?: string): Promise<boolean> {
    const access = new AccessControl();
    const about = path === undefined ? { "notification-name": "intrusion" } : { path };
    const rule = { name: "r", "module-name": "*", "access-operations": "read", action: "permit", ...about };
    const after = { "read-default": "permit", "rule-list": [{ name: "l", group: ["staff"], rule: [rule] }] };
    (await access.prepare([{ path: nacmPaths.nacm, keys: [], after }])).apply();
    return access.notification(ann, targetOf(xml)).isPermitted;
  }

  test.each([
    ["a notification", `<intrusion xmlns="${ALARMS}"/>`, undefined],
    ["a node that one is in", VAULT, "/alarms:building/vault"],
  ])("on %s: only who is permitted is told", async (_, xml, path) => {
    expect(await permitted(xml, "/alarms:other")).toBe(false);
    expect(await permitted(xml, path)).toBe(true);
  });
});
