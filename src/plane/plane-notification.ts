import type { BmpSessionKey } from "../bmp/config.ts";
import type { BmpSessionEvent } from "../bmp/session-host.ts";
import { textElement } from "../xml/text-element.ts";
import type { PlaneEvent } from "./plane-event.ts";

const EVENTS = "urn:bmpconfd:yang:events";
const BMP = "urn:bmpconfd:yang:bmp";
const BGP = "urn:bmpconfd:yang:bgp";

/**
 * The event as the content of a `<notification>`, by the module `bmpconfd-events`: in the entry that it is about, which
 * has its keys and no more (RFC 7950 section 7.16.2).
 */
export function planeNotification(event: PlaneEvent): string {
  switch (event.kind) {
    case "bmp-session":
      return inSession(event.event.session, sessionNotification(event.event));
    case "bgp-established":
      return inNeighbor(event.address, notification("established", textElement("remote-as", event.remoteAs)));
    case "bgp-backward-transition":
      return inNeighbor(
        event.address,
        notification(
          "backward-transition",
          textElement("reason", event.reason) +
            textElement("error-code", event.errorCode) +
            textElement("error-subcode", event.errorSubcode),
        ),
      );
    case "prefix-limit-warning":
    case "prefix-limit-exceeded":
      return inNeighbor(
        event.address,
        notification(
          event.kind,
          textElement("address-family", event.family) +
            textElement("prefixes", event.prefixes) +
            textElement("maximum", event.maximum),
        ),
      );
    case "events-suppressed":
      return notification("events-suppressed", textElement("count", event.count));
  }
}

function sessionNotification(event: BmpSessionEvent): string {
  switch (event.kind) {
    case "up":
    case "stuck":
    case "resumed":
      return notification(`session-${event.kind}`, "");
    case "resynchronised":
      return notification("session-resynchronised", textElement("cut-off-time", dateAndTime(event.since)));
    case "down": {
      const { reason, text } = event.down;
      return notification("session-down", textElement("reason", reason) + textElement("text", text));
    }
    case "queue-high":
    case "queue-normal":
      return notification(
        event.kind,
        textElement("queued-octets", event.queuedBytes) + textElement("queue-limit", event.limitBytes),
      );
  }
}

/** In the form that the times of `<get>` have. */
const dateAndTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "+00:00");

const notification = (name: string, content: string): string =>
  content === "" ? `<${name} xmlns="${EVENTS}"/>` : `<${name} xmlns="${EVENTS}">${content}</${name}>`;

const inSession = ({ vpnInstance, address, alias }: BmpSessionKey, content: string): string =>
  `<bmp xmlns="${BMP}"><bmp-session>${textElement("vpn-instance", vpnInstance)}${textElement("address", address)}` +
  `${textElement("alias", alias)}${content}</bmp-session></bmp>`;

const inNeighbor = (address: string, content: string): string =>
  `<bgp xmlns="${BGP}"><neighbor>${textElement("address", address)}${content}</neighbor></bgp>`;
