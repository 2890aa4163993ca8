import { MessagePage } from "./message-page.ts";
import { lengthOf, type OutgoingMessage } from "./outgoing-message.ts";

/** Messages for one collector, made a page at a time and no sooner than there is room for them. */
export class MessageFeed {
  readonly #messages: Generator<OutgoingMessage>;
  /** Made, but did not fit the page before. */
  #held: OutgoingMessage | undefined;

  constructor(messages: Generator<OutgoingMessage>) {
    this.#messages = messages;
  }

  /** The next messages, as many as fit; a message larger than a page gets a page of its own. Undefined at the end. */
  nextPage(pageBytes: number): MessagePage | undefined {
    let message = this.#held;
    this.#held = undefined;
    if (message === undefined || (message.kind === "encoded" && message.isStale?.() === true)) message = this.#make();
    if (message === undefined) return undefined;
    const page = new MessagePage(Math.max(pageBytes, lengthOf(message)));
    while (message !== undefined && page.hasRoomFor(message)) {
      page.append(message);
      message = this.#make();
    }
    this.#held = message;
    return page;
  }

  #make(): OutgoingMessage | undefined {
    const { done, value } = this.#messages.next();
    return done === true ? undefined : value;
  }

  /** Gives up what was not made yet. */
  close(): void {
    this.#messages.return(undefined);
  }
}
