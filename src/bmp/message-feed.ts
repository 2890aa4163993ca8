import type { MessageType } from "./codec/iana.ts";
import { MessagePage } from "./message-page.ts";

/** One message on its way, in one or two parts. */
export interface OutgoingMessage {
  readonly type: MessageType;
  readonly head: Uint8Array;
  readonly rest?: Uint8Array;
  /** Whether it must no more be sent, should it have had to wait for a page. */
  readonly isStale?: () => boolean;
}

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
    if (message === undefined || message.isStale?.() === true) message = this.#make();
    if (message === undefined) return undefined;
    const page = new MessagePage(Math.max(pageBytes, lengthOf(message)));
    while (message !== undefined && page.hasRoomFor(lengthOf(message))) {
      page.append(message.type, message.head, message.rest);
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

function lengthOf({ head, rest }: OutgoingMessage): number {
  return head.length + (rest?.length ?? 0);
}
