import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EngineFixture } from "../datastore/engine-fixture.ts";
import { EngineDatastores, engineOf } from "./engine-datastores.ts";
import { type Client, Harness, noUrls, reply, rpc } from "./harness.ts";

const LIBRARY = "urn:ietf:params:xml:ns:yang:ietf-yang-library";

let engine: EngineFixture;
beforeAll(async () => {
  engine = await engineOf("kiosk", "kiosk-rules");
});
let client: Client;
beforeEach(async () => {
  const datastores = new EngineDatastores(engine);
  const harness = new Harness({}, noUrls, datastores);
  datastores.provider = harness.server;
  client = await harness.open();
});

const get = (filter: string): Promise<string> => client.ask(rpc(`<get><filter>${filter}</filter></get>`));
const contentId = (): string => engine.yangLibrary().contentId;

const IETF = "urn:ietf:params:xml:ns:yang:";
/** `content` follows name, revision and namespace. */
const module = (name: string, revision: string, namespace: string, content = "", element = "module") =>
  `<${element}><name>${name}</name>${revision === "" ? "" : `<revision>${revision}</revision>`}` +
  `<namespace>${namespace}</namespace>${content}</${element}>`;
const features = (...names: readonly string[]) => names.map((name) => `<feature>${name}</feature>`).join("");
const NETCONF_FEATURES = features(
  "writable-running",
  "candidate",
  "confirmed-commit",
  "rollback-on-error",
  "validate",
  "startup",
  "xpath",
);
const CRYPT_FEATURES = features("crypt-hash-sha-256", "crypt-hash-sha-512");
const SYSTEM_FEATURES = features("authentication", "local-users");
const DEVIATIONS = "bmpconfd-system-deviations";
const DEVIATIONS_NAMESPACE = "urn:bmpconfd:yang:system-deviations";

describe("/yang-library (RFC 8525)", () => {
  test("has one module set, one schema, the three datastores that follow it, and the content-id of the hello", async () => {
    const datastore = (name: string) =>
      `<datastore><name xmlns:ds="${IETF}ietf-datastores">ds:${name}</name><schema>all</schema></datastore>`;
    expect(await get(`<yang-library xmlns="${LIBRARY}"/>`)).toBe(
      reply(
        `<data><yang-library xmlns="${LIBRARY}"><module-set><name>all</name>` +
          module("bmpconfd-bgp", "2026-11-25", "urn:bmpconfd:yang:bgp") +
          module("bmpconfd-bmp", "2026-11-25", "urn:bmpconfd:yang:bmp") +
          module("bmpconfd-commits", "2026-11-25", "urn:bmpconfd:yang:commits") +
          module("bmpconfd-events", "2026-11-25", "urn:bmpconfd:yang:events") +
          module("bmpconfd-mrt", "2026-11-25", "urn:bmpconfd:yang:mrt") +
          module("bmpconfd-relay", "2026-11-25", "urn:bmpconfd:yang:relay") +
          module("bmpconfd-server", "2026-11-25", "urn:bmpconfd:yang:server") +
          module(DEVIATIONS, "2026-11-25", DEVIATIONS_NAMESPACE) +
          module("bmpconfd-vpn-instance", "2026-11-25", "urn:bmpconfd:yang:vpn-instance") +
          module("iana-crypt-hash", "2014-08-06", `${IETF}iana-crypt-hash`, CRYPT_FEATURES) +
          module("ietf-datastores", "2018-02-14", `${IETF}ietf-datastores`) +
          module("ietf-netconf", "2011-06-01", "urn:ietf:params:xml:ns:netconf:base:1.0", NETCONF_FEATURES) +
          module("ietf-netconf-acm", "2018-02-14", `${IETF}ietf-netconf-acm`) +
          module("ietf-netconf-monitoring", "2010-10-04", `${IETF}ietf-netconf-monitoring`) +
          module("ietf-netconf-notifications", "2012-02-06", `${IETF}ietf-netconf-notifications`) +
          module("ietf-netconf-partial-lock", "2009-10-19", "urn:ietf:params:xml:ns:netconf:partial-lock:1.0") +
          module("ietf-netconf-with-defaults", "2011-06-01", `${IETF}ietf-netconf-with-defaults`) +
          module(
            "ietf-system",
            "2014-08-06",
            `${IETF}ietf-system`,
            `${SYSTEM_FEATURES}<deviation>${DEVIATIONS}</deviation>`,
          ) +
          module("ietf-yang-library", "2019-01-04", LIBRARY) +
          module(
            "kiosk",
            "",
            "urn:example:kiosk",
            "<submodule><name>kiosk-menu</name><revision>2026-03-01</revision></submodule>" +
              "<deviation>kiosk-rules</deviation>",
          ) +
          module("kiosk-rules", "2026-03-02", "urn:example:kiosk-rules") +
          module("nc-notifications", "2008-07-14", "urn:ietf:params:xml:ns:netmod:notification") +
          module("notifications", "2008-07-14", "urn:ietf:params:xml:ns:netconf:notification:1.0") +
          module("ietf-inet-types", "2013-07-15", `${IETF}ietf-inet-types`, "", "import-only-module") +
          module("ietf-yang-types", "2013-07-15", `${IETF}ietf-yang-types`, "", "import-only-module") +
          "</module-set><schema><name>all</name><module-set>all</module-set></schema>" +
          `${datastore("running")}${datastore("candidate")}${datastore("startup")}` +
          `<content-id>${contentId()}</content-id></yang-library></data>`,
      ),
    );
  });

  test("a client that knows the content-id asks for nothing else", async () => {
    expect(await get(`<yang-library xmlns="${LIBRARY}"><content-id/></yang-library>`)).toBe(
      reply(`<data><yang-library xmlns="${LIBRARY}"><content-id>${contentId()}</content-id></yang-library></data>`),
    );
  });
});

test("/modules-state (RFC 7895 section 2.1)", async () => {
  const legacy = (name: string, revision: string, namespace: string, content: string) =>
    `<module><name>${name}</name>${revision === "" ? "<revision/>" : `<revision>${revision}</revision>`}` +
    `<namespace>${namespace}</namespace>${content}</module>`;
  const implemented = "<conformance-type>implement</conformance-type>";
  const imported = "<conformance-type>import</conformance-type>";
  expect(await get(`<modules-state xmlns="${LIBRARY}"/>`)).toBe(
    reply(
      `<data><modules-state xmlns="${LIBRARY}"><module-set-id>${contentId()}</module-set-id>` +
        legacy("bmpconfd-bgp", "2026-11-25", "urn:bmpconfd:yang:bgp", implemented) +
        legacy("bmpconfd-bmp", "2026-11-25", "urn:bmpconfd:yang:bmp", implemented) +
        legacy("bmpconfd-commits", "2026-11-25", "urn:bmpconfd:yang:commits", implemented) +
        legacy("bmpconfd-events", "2026-11-25", "urn:bmpconfd:yang:events", implemented) +
        legacy("bmpconfd-mrt", "2026-11-25", "urn:bmpconfd:yang:mrt", implemented) +
        legacy("bmpconfd-relay", "2026-11-25", "urn:bmpconfd:yang:relay", implemented) +
        legacy("bmpconfd-server", "2026-11-25", "urn:bmpconfd:yang:server", implemented) +
        legacy(DEVIATIONS, "2026-11-25", DEVIATIONS_NAMESPACE, implemented) +
        legacy("bmpconfd-vpn-instance", "2026-11-25", "urn:bmpconfd:yang:vpn-instance", implemented) +
        legacy("iana-crypt-hash", "2014-08-06", `${IETF}iana-crypt-hash`, `${CRYPT_FEATURES}${implemented}`) +
        legacy("ietf-datastores", "2018-02-14", `${IETF}ietf-datastores`, implemented) +
        legacy("ietf-inet-types", "2013-07-15", `${IETF}ietf-inet-types`, imported) +
        legacy(
          "ietf-netconf",
          "2011-06-01",
          "urn:ietf:params:xml:ns:netconf:base:1.0",
          `${NETCONF_FEATURES}${implemented}`,
        ) +
        legacy("ietf-netconf-acm", "2018-02-14", `${IETF}ietf-netconf-acm`, implemented) +
        legacy("ietf-netconf-monitoring", "2010-10-04", `${IETF}ietf-netconf-monitoring`, implemented) +
        legacy("ietf-netconf-notifications", "2012-02-06", `${IETF}ietf-netconf-notifications`, implemented) +
        legacy(
          "ietf-netconf-partial-lock",
          "2009-10-19",
          "urn:ietf:params:xml:ns:netconf:partial-lock:1.0",
          implemented,
        ) +
        legacy("ietf-netconf-with-defaults", "2011-06-01", `${IETF}ietf-netconf-with-defaults`, implemented) +
        legacy(
          "ietf-system",
          "2014-08-06",
          `${IETF}ietf-system`,
          `${SYSTEM_FEATURES}<deviation><name>${DEVIATIONS}</name><revision>2026-11-25</revision></deviation>` +
            implemented,
        ) +
        legacy("ietf-yang-library", "2019-01-04", LIBRARY, implemented) +
        legacy("ietf-yang-types", "2013-07-15", `${IETF}ietf-yang-types`, imported) +
        legacy(
          "kiosk",
          "",
          "urn:example:kiosk",
          "<deviation><name>kiosk-rules</name><revision>2026-03-02</revision></deviation>" +
            `${implemented}<submodule><name>kiosk-menu</name><revision>2026-03-01</revision></submodule>`,
        ) +
        legacy("kiosk-rules", "2026-03-02", "urn:example:kiosk-rules", implemented) +
        legacy("nc-notifications", "2008-07-14", "urn:ietf:params:xml:ns:netmod:notification", implemented) +
        legacy("notifications", "2008-07-14", "urn:ietf:params:xml:ns:netconf:notification:1.0", implemented) +
        "</modules-state></data>",
    ),
  );
});
