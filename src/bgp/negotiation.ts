import { ADDRESS_FAMILIES, type AddressFamily } from "./address-family.ts";
import { openError } from "./codec/bgp-error.ts";
import {
  addPathFamilies,
  addPathReceive,
  announcedFamilies,
  announcedFourOctetAs,
  EXTENDED_MESSAGE,
  encodeCapability,
  fourOctetAs,
  GRACEFUL_RESTART_AWARE,
  multiprotocol,
  ROUTE_REFRESH,
} from "./codec/capability.ts";
import { CapabilityCode, OpenSubcode } from "./codec/iana.ts";
import { concatOctets } from "./codec/octets.ts";
import type { Open } from "./codec/open.ts";
import type { NeighborConfig, RoutingInstance } from "./config.ts";

/** Both ends of a session as configured. */
export interface SessionSettings {
  readonly localAs: number;
  /** 32 bits. */
  readonly localBgpId: number;
  readonly neighbor: NeighborConfig;
  readonly instance: RoutingInstance;
}

/** What both OPENs together make of a session. */
export interface Negotiated {
  /** The smaller of both; 0 = no timers. */
  readonly holdTimeS: number;
  readonly isFourOctetAs: boolean;
  /** Messages of more than 4096 octets are allowed (RFC 8654). */
  readonly isExtendedMessage: boolean;
  readonly families: readonly AddressFamily[];
  /** Of these, the ones whose routes have Path Identifiers (RFC 7911). */
  readonly pathIdFamilies: readonly AddressFamily[];
}

function configuredFamilies({ neighbor }: SessionSettings): readonly AddressFamily[] {
  return ADDRESS_FAMILIES.filter((family) => neighbor.families.includes(family.name));
}

function configuredAddPath({ neighbor }: SessionSettings): readonly AddressFamily[] {
  return ADDRESS_FAMILIES.filter((family) => neighbor.addPathReceive.includes(family.name));
}

/** The OPEN that we send. */
export function proposal(settings: SessionSettings): Open {
  const addPath = configuredAddPath(settings);
  return {
    as: settings.localAs,
    holdTimeS: settings.neighbor.holdTimeS,
    bgpId: settings.localBgpId,
    capabilities: [
      ...configuredFamilies(settings).map(multiprotocol),
      ROUTE_REFRESH,
      EXTENDED_MESSAGE,
      GRACEFUL_RESTART_AWARE,
      fourOctetAs(settings.localAs),
      ...(addPath.length > 0 ? [addPathReceive(addPath)] : []),
    ],
  };
}

/** @throws BgpError OPEN Message Error: the OPEN is not what is configured, or leaves nothing to exchange. */
export function negotiate(open: Open, settings: SessionSettings): Negotiated {
  const { neighbor, localAs, localBgpId } = settings;
  if (open.as !== neighbor.remoteAs)
    throw openError(OpenSubcode.badPeerAs, `AS ${open.as} where AS ${neighbor.remoteAs} is configured`);
  // Unique within an AS: RFC 6286 section 2.2.
  if (open.bgpId === localBgpId && open.as === localAs)
    throw openError(OpenSubcode.badBgpIdentifier, "BGP Identifier is our own");
  const configured = configuredFamilies(settings);
  const announced = announcedFamilies(open.capabilities);
  const families = configured.filter((family) => announced.includes(family));
  if (families.length === 0) {
    const missing = concatOctets(configured.map((family) => encodeCapability(multiprotocol(family))));
    throw openError(OpenSubcode.unsupportedCapability, "no address family in common", missing);
  }
  const withPaths = addPathFamilies(proposal(settings).capabilities, open.capabilities);
  return {
    holdTimeS: Math.min(open.holdTimeS, neighbor.holdTimeS),
    isFourOctetAs: announcedFourOctetAs(open.capabilities) !== undefined,
    isExtendedMessage: open.capabilities.some(({ code }) => code === CapabilityCode.extendedMessage),
    families,
    pathIdFamilies: families.filter((family) => withPaths.includes(family)),
  };
}
