import type { BmpSessionKey } from "../bmp/config.ts";
import { textElement } from "../xml/text-element.ts";
import type { PlaneEvent } from "./plane-event.ts";

const NAMESPACE = "urn:bmpconfd:yang:events";

/** The event as the content of a `<notification>`, by the module `bmpconfd-events`. */
export const planeNotification = (event: PlaneEvent): string =>
  `<${event.kind} xmlns="${NAMESPACE}">${content(event)}</${event.kind}>`;

function content(event: PlaneEvent): string {
  switch (event.kind) {
    case "bmp-session-up":
      return sessionKeys(event.session);
    case "bmp-session-down":
      return (
        sessionKeys(event.session) +
        textElement("reason", event.reason) +
        (event.isResynchronising ? "<resynchronising/>" : "")
      );
    case "bgp-established":
      return textElement("address", event.address) + textElement("remote-as", event.remoteAs);
    case "bgp-backward-transition":
      return (
        textElement("address", event.address) +
        textElement("reason", event.reason) +
        textElement("error-code", event.errorCode) +
        textElement("error-subcode", event.errorSubcode)
      );
    case "events-suppressed":
      return textElement("count", event.count);
  }
}

const sessionKeys = ({ vpnInstance, address, alias }: BmpSessionKey): string =>
  textElement("vpn-instance", vpnInstance) + textElement("address", address) + textElement("alias", alias);
