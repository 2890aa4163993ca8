import { CollectorConnection, type ConnectionOptions } from "./collector-connection.ts";
import type { BmpLimits } from "./limits.ts";
import { MessageFeed } from "./message-feed.ts";
import { MessageLog } from "./message-log.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import { SharedDump } from "./shared-dump.ts";
import type { TableDump } from "./table-dump.ts";

/** What collectors are told that want the same: one log, which each reads at its own pace, and dumps that lead to it. */
export class MessageStream {
  readonly #limits: BmpLimits;
  readonly #beginTables: () => TableDump;
  readonly #log: MessageLog;
  readonly #connections = new Set<CollectorConnection>();
  /** The last one that was begun, while collectors take part in it. */
  #dump: SharedDump | undefined;
  #isFlushDue = false;

  /** `beginTables`: the tables of the peers that are up at that moment. */
  constructor(limits: BmpLimits, beginTables: () => TableDump) {
    this.#limits = limits;
    this.#beginTables = beginTables;
    this.#log = new MessageLog(limits.pageBytes, () => this.#followAll());
  }

  /** Nothing needs to be encoded for nobody. */
  get hasReaders(): boolean {
    return this.#connections.size > 0;
  }

  append(message: OutgoingMessage): void {
    this.#log.append(message);
    if (this.#isFlushDue) return;
    // Events of one turn of the event loop go out together.
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#followAll();
    });
  }

  /** Starts sending. */
  open(options: Omit<ConnectionOptions, "limits" | "dump" | "cursor">): CollectorConnection {
    const dump = this.#dump?.isJoinable === true ? this.#dump : this.#beginDump();
    const { reader, cursor } = dump.join();
    const connection = new CollectorConnection({
      ...options,
      limits: this.#limits,
      dump: reader,
      cursor,
      ended: (ended) => {
        this.#connections.delete(ended);
        options.ended(ended);
      },
    });
    this.#connections.add(connection);
    return connection;
  }

  #followAll(): void {
    for (const connection of this.#connections) connection.follow();
  }

  #beginDump(): SharedDump {
    // The list of peers and the place in the log belong to one moment.
    const tables = this.#beginTables();
    const dump = new SharedDump(new MessageFeed(tables, this.#limits.dumpSliceBytes), this.#log.follow(), {
      windowBytes: this.#limits.dumpWindowBytes,
      abandoned: () => {
        if (this.#dump === dump) this.#dump = undefined;
      },
    });
    this.#dump = dump;
    return dump;
  }
}
