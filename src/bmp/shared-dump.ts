import type { ForkableMessages, MessageFeed, PageSource } from "./message-feed.ts";
import type { LogCursor } from "./message-log.ts";
import type { MessagePage } from "./message-page.ts";

/** A page, or the place before the first one, and those who have read so far. */
interface Place {
  readonly page: MessagePage | undefined;
  readonly readers: Set<DumpReader>;
  next?: Place;
}

const newPlace = (page?: MessagePage): Place => ({ page, readers: new Set() });

/** What a collector gets that takes part in a dump: the pages, and where in the log it goes on after them. */
export interface JoinedDump {
  readonly reader: PageSource;
  readonly cursor: LogCursor;
}

/**
 * One dump for all collectors that connect at about the same time: a page is made when the first of them has room for it,
 * and is the same octets for all. The last `windowBytes` of pages are kept. A collector that is further behind takes
 * those it has not read with it, and a fork of the feed: then it goes on alone, at its own pace.
 */
export class SharedDump {
  readonly #feed: MessageFeed<ForkableMessages>;
  /** Where the log was when the dump began. */
  readonly #cursor: LogCursor;
  readonly #windowBytes: number;
  readonly #abandoned: () => void;
  #oldest = newPlace();
  #newest = this.#oldest;
  #keptBytes = 0;
  #readers = 0;
  #hasBegunToForget = false;

  /** `abandoned` is called when nobody takes part any more. */
  constructor(
    feed: MessageFeed<ForkableMessages>,
    cursor: LogCursor,
    { windowBytes, abandoned }: { readonly windowBytes: number; readonly abandoned: () => void },
  ) {
    this.#feed = feed;
    this.#cursor = cursor;
    this.#windowBytes = windowBytes;
    this.#abandoned = abandoned;
  }

  /** Not any more once the dump's beginning is gone, or much has happened since. */
  get isJoinable(): boolean {
    return !this.#hasBegunToForget && this.#cursor.behindBytes <= this.#windowBytes;
  }

  join(): JoinedDump {
    this.#readers += 1;
    return { reader: new DumpReader(this, this.#oldest), cursor: this.#cursor.fork() };
  }

  /** The place after `place`, whose page is made now if need be. Undefined at the end. */
  after(place: Place): Place | undefined {
    if (place.next !== undefined) return place.next;
    const page = this.#feed.nextPage();
    if (page === undefined) return undefined;
    const next = newPlace(page);
    this.#newest.next = next;
    this.#newest = next;
    this.#keptBytes += page.usedBytes;
    this.#forget();
    return next;
  }

  /** A reader takes part no more. */
  leave(): void {
    this.#readers -= 1;
    if (this.#readers > 0) return;
    this.#feed.close();
    this.#abandoned();
  }

  #forget(): void {
    for (let { next } = this.#oldest; next?.page !== undefined && this.#keptBytes > this.#windowBytes; ) {
      for (const reader of this.#oldest.readers) reader.goOnWith(this.#feed.fork());
      this.#hasBegunToForget = true;
      this.#keptBytes -= next.page.usedBytes;
      this.#oldest = next;
      next = next.next;
    }
  }
}

/** One collector's way through a dump. */
class DumpReader implements PageSource {
  readonly #dump: SharedDump;
  /** Undefined: it takes part no more. */
  #place: Place | undefined;
  /** Pages it took with it. */
  #pages: MessagePage[] = [];
  #own: PageSource | undefined;

  constructor(dump: SharedDump, place: Place) {
    this.#dump = dump;
    this.#place = place;
    place.readers.add(this);
  }

  nextPage(): MessagePage | undefined {
    if (this.#place === undefined) return this.#pages.shift() ?? this.#own?.nextPage();
    const next = this.#dump.after(this.#place);
    if (next === undefined) {
      this.#leave();
      return undefined;
    }
    this.#place.readers.delete(this);
    next.readers.add(this);
    this.#place = next;
    return next.page;
  }

  /** Goes on alone: the pages that are there, then `own`. */
  goOnWith(own: PageSource): void {
    for (let place = this.#place?.next; place?.page !== undefined; place = place.next) this.#pages.push(place.page);
    this.#own = own;
    this.#leave();
  }

  close(): void {
    this.#pages = [];
    this.#own?.close();
    this.#own = undefined;
    this.#leave();
  }

  #leave(): void {
    if (this.#place === undefined) return;
    this.#place.readers.delete(this);
    this.#place = undefined;
    this.#dump.leave();
  }
}
