import { MessagePage } from "./message-page.ts";
import { lengthOf, type OutgoingMessage } from "./outgoing-message.ts";

/** Messages that are made when they are asked for. */
export interface Messages extends Iterator<OutgoingMessage, undefined> {
  return(value?: undefined): IteratorResult<OutgoingMessage, undefined>;
}

export interface ForkableMessages extends Messages {
  /** The same messages from here on. */
  fork(): ForkableMessages;
}

/** Pages of messages for a collector. */
export interface PageSource {
  /** Undefined at the end. */
  nextPage(): MessagePage | undefined;
  /** Gives up what was not made yet. */
  close(): void;
}

/** Messages made a page at a time and no sooner than there is room for them. */
export class MessageFeed<M extends Messages = Messages> implements PageSource {
  readonly #messages: M;
  readonly #pageBytes: number;
  /** Made, but did not fit the page before. */
  #held: OutgoingMessage | undefined;

  constructor(messages: M, pageBytes: number, held?: OutgoingMessage) {
    this.#messages = messages;
    this.#pageBytes = pageBytes;
    this.#held = held;
  }

  /** The next messages, as many as fit; a message larger than a page gets a page of its own. */
  nextPage(): MessagePage | undefined {
    let message = this.#held;
    this.#held = undefined;
    if (message === undefined || (message.kind === "encoded" && message.isStale?.() === true)) message = this.#make();
    if (message === undefined) return undefined;
    const page = new MessagePage(Math.max(this.#pageBytes, lengthOf(message)));
    while (message !== undefined && page.hasRoomFor(message)) {
      page.append(message);
      message = this.#make();
    }
    this.#held = message;
    return page;
  }

  /** A feed of the same pages from here on. */
  fork(this: MessageFeed<ForkableMessages>): MessageFeed<ForkableMessages> {
    return new MessageFeed(this.#messages.fork(), this.#pageBytes, this.#held);
  }

  close(): void {
    this.#held = undefined;
    this.#messages.return();
  }

  #make(): OutgoingMessage | undefined {
    const { done, value } = this.#messages.next();
    return done === true ? undefined : value;
  }
}
