import { join } from "node:path";
import { Daemon, runToEnd } from "./daemon.ts";
import { scratchFolder } from "./scratch.ts";

/** One packet's fields, each with all its values in order. */
export type Packet<Field extends string> = Readonly<Record<Field, readonly string[]>>;

/** tcpdump on a device of the namespace, read afterwards by tshark. */
export class Capture {
  readonly file = join(scratchFolder("capture"), "capture.pcap");
  readonly #port: number;
  readonly #daemon: Daemon;

  private constructor(port: number, device: string) {
    this.#port = port;
    const options = ["-i", device, "-Z", "root", "-U", "--immediate-mode", "-s", "0", "-B", "16384"];
    this.#daemon = new Daemon("tcpdump", "tcpdump", [...options, "-w", this.file, `tcp port ${port}`]);
  }

  static async start(port: number, device = "lo"): Promise<Capture> {
    const capture = new Capture(port, device);
    await capture.#daemon.ready("listening", () => capture.#daemon.stderr.includes("listening on"));
    return capture;
  }

  async stop(): Promise<void> {
    await this.#daemon.stop("SIGINT");
    if (!/\b0 packets dropped by kernel/.test(this.#daemon.stderr)) throw new Error(this.#daemon.stderr);
  }

  /** Every packet that tshark, taking the port's streams for `protocol`, finds `displayFilter` true of. */
  async packets<Field extends string>(
    protocol: string,
    displayFilter: string,
    fields: readonly Field[],
  ): Promise<Packet<Field>[]> {
    // A segment may hold more messages than it shows in the usual depth.
    const input = [
      "-n",
      "-o",
      "gui.max_tree_depth:5000",
      "-r",
      this.file,
      "-d",
      `tcp.port==${this.#port},${protocol}`,
      "-Y",
      displayFilter,
    ];
    const output = ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|"];
    const wanted = fields.flatMap((field) => ["-e", field]);
    const { code, stdout, stderr } = await runToEnd("tshark", "tshark", [...input, ...output, ...wanted]);
    if (code !== 0) throw new Error(`tshark ended with ${code}: ${stderr}`);
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const values = line.split("\t").map((value) => (value === "" ? [] : value.split("|")));
        return Object.fromEntries(
          fields.map((field, index) => [field, values[index] ?? []]),
        ) as unknown as Packet<Field>;
      });
  }

  /** What tshark objects to: malformed packets and expert infos of severity error. */
  async objections(protocol: string): Promise<string[]> {
    const packets = await this.packets(protocol, "_ws.malformed || _ws.expert.severity == 8388608", [
      "frame.number",
      "_ws.malformed",
      "_ws.expert.message",
    ]);
    return packets.map((packet) => JSON.stringify(packet));
  }
}
