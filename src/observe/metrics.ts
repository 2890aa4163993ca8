import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Log } from "./log.ts";
import { type NeighborState, type PlaneState, parsePlaneState, type SessionState } from "./metrics-plane-state.ts";
import type { MetricsSource } from "./metrics-source.ts";

const OPER_STATES = ["disabled", "waiting", "connecting", "dumping", "up", "stuck", "closing"];
const FSM_STATES = ["idle", "connect", "active", "open-sent", "open-confirm", "established"];
const SESSION_LABELS = ["vpn_instance", "address", "alias"] as const;

/**
 * The server's metrics in Prometheus' text format. Labels take their values from the configuration and the model only,
 * so that their number is bounded by what the operator configured.
 */
export class Metrics {
  readonly #source: MetricsSource;
  readonly #log: Log;
  readonly #registry = new Registry();
  /** The scrape under way: those who come meanwhile get the same, so that many cost what one does. */
  #scrape: Promise<string> | undefined;

  readonly #sourceUp = this.#gauge("source_up", "Whether a part of the server answered this scrape.", ["source"]);
  readonly #netconfSessions = this.#gauge("netconf_sessions", "NETCONF sessions that are open.");
  readonly #lostSubscribers = this.#counter(
    "notification_subscribers_lost_total",
    "NETCONF sessions that ended since they did not take their notifications in time.",
    [],
  );
  readonly #commitId = this.#gauge("commit_id", "Number of the newest commit.");

  readonly #sessions = this.#gauge("bmp_sessions", "Configured BMP sessions by operational state.", ["oper_state"]);
  readonly #sessionUp = this.#gauge("bmp_session_up", "1 if the collector follows all changes.", SESSION_LABELS);
  readonly #queuedOctets = this.#gauge(
    "bmp_session_queued_octets",
    "What waits to be sent to the collector.",
    SESSION_LABELS,
  );
  readonly #sentOctets = this.#counter(
    "bmp_session_sent_octets_total",
    "What was sent to the collector.",
    SESSION_LABELS,
  );
  readonly #sentMessages = this.#counter("bmp_session_sent_messages_total", "BMP messages sent by type.", [
    ...SESSION_LABELS,
    "type",
  ]);
  readonly #connections = this.#counter(
    "bmp_session_connections_total",
    "Connections established to the collector.",
    SESSION_LABELS,
  );
  readonly #resynchronisations = this.#counter(
    "bmp_session_resynchronisations_total",
    "Times the collector was cut off because it was too slow.",
    SESSION_LABELS,
  );

  readonly #neighbors = this.#gauge("bgp_neighbors", "Configured BGP neighbours by state.", ["fsm_state"]);
  readonly #neighborUp = this.#gauge("bgp_neighbor_up", "1 if the neighbour is established.", ["neighbor"]);
  readonly #prefixes = this.#gauge("bgp_neighbor_prefixes", "Routes in the neighbour's Adj-RIB-In.", [
    "neighbor",
    "address_family",
  ]);
  readonly #established = this.#counter(
    "bgp_neighbor_established_transitions_total",
    "Times the neighbour reached Established.",
    ["neighbor"],
  );
  readonly #updates = this.#counter("bgp_neighbor_received_updates_total", "UPDATE messages received.", ["neighbor"]);

  constructor(source: MetricsSource, log: Log) {
    this.#source = source;
    this.#log = log;
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics, as they are now. A part of the server that does not answer lacks; the rest is there. */
  text(): Promise<string> {
    this.#scrape ??= this.#collect().finally(() => {
      this.#scrape = undefined;
    });
    return this.#scrape;
  }

  async #collect(): Promise<string> {
    const [commitId, plane] = await Promise.all([
      this.#ask("commits", () => this.#source.commitId()),
      this.#ask("plane", async () => parsePlaneState(await this.#source.planeState())),
    ]);
    this.#netconfSessions.set(this.#source.netconfSessions());
    this.#lostSubscribers.reset();
    this.#lostSubscribers.inc(this.#source.lostSubscribers());
    if (commitId === undefined) this.#commitId.remove();
    else this.#commitId.set(commitId);
    this.#showPlane(plane);
    return this.#registry.metrics();
  }

  async #ask<T>(source: string, question: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await question();
      this.#sourceUp.set({ source }, 1);
      return answer;
    } catch (error) {
      this.#sourceUp.set({ source }, 0);
      this.#log("warn", "A part of the server did not answer a scrape", { source, error });
      return undefined;
    }
  }

  #showPlane(plane: PlaneState | undefined): void {
    this.#forgetPlane();
    if (plane === undefined) return;
    for (const operState of OPER_STATES) this.#sessions.set({ oper_state: operState }, 0);
    for (const fsmState of FSM_STATES) this.#neighbors.set({ fsm_state: fsmState }, 0);
    for (const session of plane.sessions) this.#showSession(session);
    for (const neighbor of plane.neighbors) this.#showNeighbor(neighbor);
  }

  /** What was deleted must not be shown any longer. */
  #forgetPlane(): void {
    this.#sessions.reset();
    this.#sessionUp.reset();
    this.#queuedOctets.reset();
    this.#sentOctets.reset();
    this.#sentMessages.reset();
    this.#connections.reset();
    this.#resynchronisations.reset();
    this.#neighbors.reset();
    this.#neighborUp.reset();
    this.#prefixes.reset();
    this.#established.reset();
    this.#updates.reset();
  }

  #showSession({ "vpn-instance": vpnInstance, address, alias, state = {} }: SessionState): void {
    const labels = { vpn_instance: vpnInstance, address, alias };
    const operState = state["oper-state"];
    if (operState !== undefined) this.#sessions.inc({ oper_state: operState });
    this.#sessionUp.set(labels, operState === "up" ? 1 : 0);
    this.#queuedOctets.set(labels, Number(state["queued-octets"] ?? 0));
    this.#sentOctets.inc(labels, Number(state["sent-octets"] ?? 0));
    this.#connections.inc(labels, Number(state.connections ?? 0));
    this.#resynchronisations.inc(labels, Number(state.resynchronisations ?? 0));
    for (const [type, count] of Object.entries(state["sent-messages"] ?? {})) {
      this.#sentMessages.inc({ ...labels, type }, Number(count));
    }
  }

  #showNeighbor({ address: neighbor, state = {} }: NeighborState): void {
    const fsmState = state["fsm-state"];
    if (fsmState !== undefined) this.#neighbors.inc({ fsm_state: fsmState });
    this.#neighborUp.set({ neighbor }, fsmState === "established" ? 1 : 0);
    this.#established.inc({ neighbor }, Number(state["established-transitions"] ?? 0));
    this.#updates.inc({ neighbor }, Number(state["received-updates"] ?? 0));
    for (const { name, prefixes } of state["address-family"] ?? []) {
      this.#prefixes.set({ neighbor, address_family: name }, Number(prefixes ?? 0));
    }
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name: `bmpconfd_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> {
    return new Counter({ name: `bmpconfd_${name}`, help, labelNames, registers: [this.#registry] });
  }
}
