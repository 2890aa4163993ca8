import { fileURLToPath } from "node:url";
import type { ConfigStream, Requester } from "../../src/datastore/datastores.ts";
import type { StateProvider } from "../../src/datastore/subscriber.ts";
import type { NotificationNode } from "../../src/yang/notification-nodes.ts";
import type { SubtreeFilter } from "../../src/yang/subtree-filter.ts";
import type { XPathFilter } from "../../src/yang/xpath-filter.ts";
import type { SchemaFormat, YangLibrary } from "../../src/yang/yang-library.ts";
import { type EngineFixture, engineFixture, schemaFixture } from "../datastore/engine-fixture.ts";
import { FakeDatastores } from "./fake-datastores.ts";
import { FakeStream } from "./fake-stream.ts";

const file = (name: string): string => fileURLToPath(new URL(`../yang/modules/${name}.yang`, import.meta.url));

/** Of the server's modules and those from test/yang/modules. */
export const engineOf = async (...modules: string[]): Promise<EngineFixture> =>
  engineFixture(await schemaFixture(modules.map(file)));

/** Datastores whose modules, and replies to `<get>`, are those of a real engine. */
export class EngineDatastores extends FakeDatastores {
  /** Who knows the state of the server. */
  provider: StateProvider = { state: async () => [] };
  /** How many events each call of `selectEvents` was about. */
  readonly selections: number[] = [];
  readonly #engine: EngineFixture;

  constructor(engine: EngineFixture) {
    super();
    this.#engine = engine;
  }

  override yangLibrary(): YangLibrary {
    return this.#engine.yangLibrary();
  }

  override notificationNodes(): readonly NotificationNode[] {
    return this.#engine.notificationNodes();
  }

  override async get({ user }: Requester, filter?: SubtreeFilter): Promise<ConfigStream> {
    const found = this.#engine.get(await this.provider.state(filter), filter, undefined, user);
    return new FakeStream(found === "" ? [] : [found]);
  }

  override async selectEvents(filter: XPathFilter, notifications: readonly string[]): Promise<readonly boolean[]> {
    this.selections.push(notifications.length);
    return this.#engine.selectEvents(filter, notifications);
  }

  override async getSchema(name: string, revision: string | undefined, format: SchemaFormat): Promise<ConfigStream> {
    return new FakeStream([this.#engine.getSchema(name, revision, format)]);
  }
}
