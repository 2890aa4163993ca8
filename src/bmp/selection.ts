import type { AddressFamily } from "../bgp/address-family.ts";
import { withFamilies } from "../bgp/codec/update-families.ts";
import { comparableAddress } from "../bgp/ip-address.ts";
import type { EstablishedPeer, RibName } from "../bgp/route-source.ts";
import type { MonitorConfig, RouteMode } from "./config.ts";

/** Routes of a peer that are told. */
export interface SelectedRoutes {
  readonly rib: RibName;
  /** The peer's own array when all of them are. */
  readonly families: readonly AddressFamily[];
}

/** No route modes: all routes. */
type RouteModes = readonly RouteMode[];

/** What a collector is told of: the same for all whose `key` is the same. */
export class Selection {
  readonly key: string;
  /** Undefined: everything. */
  readonly #rules: SelectionRules | undefined;
  readonly #byPeer = new WeakMap<EstablishedPeer, readonly SelectedRoutes[] | "nothing">();

  /**
   * @param config undefined: everything
   * @param distinguisherOf of the peers in a VPN instance; undefined: no peer is known to be in it
   */
  constructor(config: MonitorConfig | undefined, distinguisherOf: (vpnInstance: string) => bigint | undefined) {
    this.#rules = config && new SelectionRules(config, distinguisherOf);
    this.key = this.#rules?.key ?? "";
  }

  /** Undefined: nothing is told of the peer, not even that it is there. */
  of(peer: EstablishedPeer): readonly SelectedRoutes[] | undefined {
    let selected = this.#byPeer.get(peer);
    if (selected === undefined) {
      selected = selectedRoutes(peer, this.#rules === undefined ? [] : this.#rules.modesOf(peer)) ?? "nothing";
      this.#byPeer.set(peer, selected);
    }
    return selected === "nothing" ? undefined : selected;
  }

  /** Whether some routes of a Loc-RIB are not told (RFC 9069 section 6.1.2). */
  isFiltered(peer: EstablishedPeer): boolean {
    if (peer.peerType !== "loc-rib") return false;
    return this.of(peer)?.every(({ families }) => families === peer.families) !== true;
  }

  /** What is told of an UPDATE about `rib`: `update` itself when all of it is, undefined when nothing is. */
  partOf(peer: EstablishedPeer, rib: RibName, update: Uint8Array): Uint8Array | undefined {
    const routes = this.of(peer)?.find((selected) => selected.rib === rib);
    if (routes === undefined) return undefined;
    return routes.families === peer.families ? update : withFamilies(update, routes.families);
  }
}

/** Which route modes are a peer's: those of the most specific entry that it is in. */
class SelectionRules {
  readonly key: string;
  readonly #public: RouteModes | undefined;
  readonly #allVpnInstances: RouteModes | undefined;
  readonly #byDistinguisher = new Map<bigint, RouteModes>();
  readonly #byPeer = new Map<string, RouteModes>();

  constructor(config: MonitorConfig, distinguisherOf: (vpnInstance: string) => bigint | undefined) {
    this.#public = config.public;
    this.#allVpnInstances = config.allVpnInstances;
    for (const { name, routeModes } of config.vpnInstances) {
      const distinguisher = distinguisherOf(name);
      if (distinguisher !== undefined) this.#byDistinguisher.set(distinguisher, routeModes);
    }
    for (const { vpnInstance, address, routeModes } of config.peers) {
      const distinguisher = distinguisherOf(vpnInstance);
      if (distinguisher !== undefined) this.#byPeer.set(peerKey(distinguisher, address), routeModes);
    }
    this.key = JSON.stringify([
      this.#public ?? null,
      this.#allVpnInstances ?? null,
      [...this.#byDistinguisher].map(([distinguisher, modes]) => [String(distinguisher), modes]),
      [...this.#byPeer],
    ]);
  }

  modesOf({ peerType, distinguisher, address }: EstablishedPeer): RouteModes | undefined {
    const own = peerType === "loc-rib" ? undefined : this.#byPeer.get(peerKey(distinguisher, address));
    const ofInstance = own ?? this.#byDistinguisher.get(distinguisher);
    return ofInstance ?? (distinguisher === 0n ? this.#public : this.#allVpnInstances);
  }
}

const peerKey = (distinguisher: bigint, address: string): string => `${distinguisher} ${comparableAddress(address)}`;

function selectedRoutes(peer: EstablishedPeer, modes: RouteModes | undefined): readonly SelectedRoutes[] | undefined {
  if (modes === undefined) return undefined;
  if (modes.length === 0) return peer.ribs.map((rib) => ({ rib, families: peer.families }));
  const selected = [...peer.ribs, ...(peer.onDemandRibs ?? [])]
    .map((rib) => ({ rib, families: selectedFamilies(peer.families, rib, modes) }))
    .filter(({ families }) => families.length > 0);
  return selected.length === 0 ? undefined : selected;
}

function selectedFamilies(families: readonly AddressFamily[], rib: RibName, modes: RouteModes) {
  const names = modes.filter((mode) => mode.rib === rib).map(({ family }) => family);
  const isSelected = ({ name }: AddressFamily) => names.includes("any") || names.includes(name);
  return families.every(isSelected) ? families : families.filter(isSelected);
}
