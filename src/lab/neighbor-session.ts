import type { Socket } from "node:net";
import type { Clock, Timer } from "../bgp/clock.ts";
import { BgpError } from "../bgp/codec/bgp-error.ts";
import { fourOctetAs, GRACEFUL_RESTART_AWARE, multiprotocol } from "../bgp/codec/capability.ts";
import { messageType } from "../bgp/codec/common-header.ts";
import { CeaseSubcode, ErrorCode, MessageType } from "../bgp/codec/iana.ts";
import { encodeKeepalive } from "../bgp/codec/keepalive.ts";
import { MessageDecoder } from "../bgp/codec/message-decoder.ts";
import {
  decodeNotification,
  describeNotification,
  encodeNotification,
  type Notification,
} from "../bgp/codec/notification.ts";
import { decodeOpen, encodeOpen } from "../bgp/codec/open.ts";
import { bgpIdOf } from "../bgp/ip-address.ts";
import { encodeChanges, encodeTable, LAB_FAMILIES } from "./lab-routes.ts";
import { LAB_NEIGHBOR } from "./lab-topology.ts";
import type { LabLimits } from "./limits.ts";

/** Time between two changes of the table. */
const CHANGE_INTERVAL_S = 10;

const NO_DATA = new Uint8Array(0);

export interface NeighborSessionEvents {
  established(): void;
  /** Called once, whatever the reason. */
  ended(reason: string): void;
}

/**
 * One BGP session of the lab's neighbour, over a connection just opened: OPEN, the table, then a change every
 * `CHANGE_INTERVAL_S`. It announces routes and ignores what it is told; otherwise as RFC 4271 section 8 says.
 */
export class NeighborSession {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #limits: LabLimits;
  readonly #events: NeighborSessionEvents;
  readonly #messages = new MessageDecoder();
  readonly #changes = encodeChanges();
  readonly #timers = new Map<"keepalive" | "hold" | "change" | "closing", Timer>();
  #state: "open-sent" | "open-confirm" | "established" | "closing" = "open-sent";
  #holdTimeS: number = LAB_NEIGHBOR.holdTimeS;
  #reason = "the connection was closed";

  constructor(socket: Socket, clock: Clock, limits: LabLimits, events: NeighborSessionEvents) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.#events = events;
    socket.on("data", (bytes) => this.#received(bytes));
    socket.on("error", (error) => {
      this.#reason = error.message;
    });
    socket.once("close", () => this.#closed());
    this.#send(encodeOpen(ourOpen()));
    this.#restartHoldTimer();
  }

  /** Ends the session with Cease, Administrative Shutdown (RFC 4486). */
  shutDown(): void {
    const notification = { code: ErrorCode.cease, subcode: CeaseSubcode.administrativeShutdown, data: NO_DATA };
    this.#refuse(notification, "shut down");
  }

  #received(bytes: Uint8Array): void {
    if (this.#state === "closing") return;
    try {
      this.#messages.push(bytes);
      for (let pdu = this.#messages.next(); pdu !== undefined; pdu = this.#messages.next()) this.#handle(pdu);
    } catch (error) {
      if (!(error instanceof BgpError)) throw error;
      this.#refuse(error, error.message);
    }
  }

  #handle(pdu: Uint8Array): void {
    const type = messageType(pdu);
    if (type === MessageType.notification) {
      this.#close(describeNotification(decodeNotification(pdu)));
    } else if (this.#state === "open-sent" && type === MessageType.open) {
      this.#holdTimeS = Math.min(LAB_NEIGHBOR.holdTimeS, decodeOpen(pdu).holdTimeS);
      this.#state = "open-confirm";
      this.#sendKeepalive();
      this.#restartHoldTimer();
    } else if (this.#state === "open-confirm" && type === MessageType.keepalive) {
      this.#establish();
    } else if (this.#state === "established" && type !== MessageType.open) {
      this.#restartHoldTimer();
    } else if (this.#state !== "closing") {
      const notification = { code: ErrorCode.finiteStateMachine, subcode: 0, data: NO_DATA };
      this.#refuse(notification, `message of type ${type} in ${this.#state}`);
    }
  }

  #establish(): void {
    this.#state = "established";
    this.#restartHoldTimer();
    for (const update of encodeTable()) this.#send(update);
    this.#startChangeTimer();
    this.#events.established();
  }

  #startChangeTimer(): void {
    this.#setTimer("change", CHANGE_INTERVAL_S, () => {
      this.#send(this.#changes.next().value);
      this.#startChangeTimer();
    });
  }

  #sendKeepalive(): void {
    this.#send(encodeKeepalive());
    if (this.#holdTimeS > 0) this.#setTimer("keepalive", this.#holdTimeS / 3, () => this.#sendKeepalive());
  }

  #restartHoldTimer(): void {
    const expired = { code: ErrorCode.holdTimerExpired, subcode: 0, data: NO_DATA };
    if (this.#holdTimeS === 0) this.#cancelTimers("hold");
    else this.#setTimer("hold", this.#holdTimeS, () => this.#refuse(expired, describeNotification(expired)));
  }

  #refuse(notification: Notification, reason: string): void {
    if (this.#state === "closing") return;
    this.#send(encodeNotification(notification));
    this.#close(reason);
  }

  #close(reason: string): void {
    if (this.#state === "closing") return;
    this.#state = "closing";
    this.#reason = reason;
    this.#cancelTimers("keepalive", "hold", "change");
    this.#setTimer("closing", this.#limits.closingMs / 1000, () => this.#socket.destroy());
    this.#socket.end();
  }

  #closed(): void {
    this.#state = "closing";
    this.#cancelTimers("keepalive", "hold", "change", "closing");
    this.#events.ended(this.#reason);
  }

  #send(pdu: Uint8Array): void {
    this.#socket.write(pdu);
  }

  #setTimer(name: "keepalive" | "hold" | "change" | "closing", delayS: number, expired: () => void): void {
    this.#timers.get(name)?.cancel();
    this.#timers.set(name, this.#clock.setTimer(expired, delayS * 1000));
  }

  #cancelTimers(...names: readonly ("keepalive" | "hold" | "change" | "closing")[]): void {
    for (const name of names) this.#timers.get(name)?.cancel();
  }
}

function ourOpen() {
  return {
    as: LAB_NEIGHBOR.as,
    holdTimeS: LAB_NEIGHBOR.holdTimeS,
    bgpId: bgpIdOf(LAB_NEIGHBOR.routerId),
    capabilities: [...LAB_FAMILIES.map(multiprotocol), GRACEFUL_RESTART_AWARE, fourOctetAs(LAB_NEIGHBOR.as)],
  };
}
