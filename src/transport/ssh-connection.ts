import type { Socket } from "node:net";
import type { Connection, ServerChannel, Session } from "ssh2";
import type { Authenticator, Login } from "../access/authenticator.ts";
import { type AcceptCli, TerminalWindow } from "../cli/channel.ts";
import type { AcceptChannel, NetconfChannel } from "../netconf/channel.ts";
import type { Log } from "../observe/log.ts";
import type { Admission } from "./connection-quota.ts";
import { KeyExchangeTimer } from "./key-exchange-timer.ts";
import type { TransportLimits } from "./limits.ts";
import { LoginDialogue } from "./login-dialogue.ts";
import { type AcceptSshChannel, type ChannelLink, SshChannel } from "./ssh-channel.ts";
import { isExchangingKeys, maxPacketBytes, packetsHeld } from "./ssh2-internals.ts";

/** RFC 6242 section 3. */
const SUBSYSTEM = "netconf";

interface SshConnectionOptions {
  readonly socket: Socket;
  readonly peer: NetconfChannel["peer"];
  readonly admission: Admission;
  readonly authenticator: Authenticator;
  readonly accept: AcceptChannel;
  /** Undefined = there is no command line. */
  readonly acceptCli?: AcceptCli | undefined;
  readonly log: Log;
  readonly limits: TransportLimits;
}

/** How a request is answered; missing when the client wants no answer. */
type Answer = (() => unknown) | undefined;

/** Why reading from the socket has stopped. */
type Hold = "login" | "backlog";

/** One SSH connection from TCP connect to close: ssh2 does the protocol, this the limits. */
export class SshConnection {
  readonly #options: SshConnectionOptions;
  readonly #socket: Socket;
  #isGathering = false;
  readonly #log: Log;
  readonly #limits: TransportLimits;
  readonly #login: LoginDialogue;
  readonly #holds = new Set<Hold>();
  readonly #channels = new Set<SshChannel>();
  /** Channels that count, also those that were closed without ever being NETCONF: ssh2 does not forget these. */
  #channelsOpened = 0;
  #wakers: (() => void)[] = [];
  #client: Connection | undefined;
  #keyExchange: KeyExchangeTimer | undefined;
  /** Login grace, then the time without a channel, then the time to close: what ends the connection next. */
  #deadline: NodeJS.Timeout;
  #isEnding = false;

  constructor(options: SshConnectionOptions) {
    const { socket, limits, authenticator, log } = options;
    this.#options = options;
    this.#socket = socket;
    this.#limits = limits;
    this.#log = log;
    this.#deadline = setTimeout(() => this.#noLogin(), limits.loginGraceS * 1000);
    this.#login = new LoginDialogue({
      authenticator,
      log,
      limits,
      hold: () => this.#hold("login"),
      resume: () => this.#release("login"),
      giveUp: () => this.close(),
    });
    socket.on("close", () => this.#closed());
    socket.on("end", () => this.#dropAfterClosing());
    socket.on("error", (error) => log("debug", "connection lost", { reason: error.message }));
  }

  /** ssh2 has read the client's version line and made `client` of the socket. */
  begin(client: Connection): void {
    // First of all: an error without a listener would end the process.
    client.on("error", (error: Error & { level?: string }) => this.#failed(error));
    this.#client = client;
    client.on("authentication", (context) => this.#login.answer(context));
    client.on("ready", () => this.#ready());
    client.on("rekey", () => this.#rekeyed());
    client.on("session", (accept, reject) => this.#session(accept, reject));
    this.#socket.on("data", () => this.#checkTraffic()); // after ssh2's own listener, so after its answers
    this.#socket.on("drain", () => this.#drained());
  }

  /** Closes all channels, then the connection, politely and within `closeS`. */
  close(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    for (const channel of this.#channels) channel.close();
    if (this.#channels.size === 0) this.#end();
    else this.#dropAfterClosing();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #noLogin(): void {
    this.#log("info", "no login in time");
    this.destroy();
  }

  #ready(): void {
    const client = this.#client;
    if (client === undefined || this.#isEnding) return;
    this.#options.admission.loggedIn();
    this.#keyExchange = new KeyExchangeTimer(client, this.#socket, this.#limits, () => this.destroy());
    this.#endWhenEmpty();
  }

  #rekeyed(): void {
    // Each costs milliseconds: nobody needs a second one to log in.
    if (this.#keyExchange === undefined) this.destroy();
    this.#keyExchange?.done();
    this.#wakeAll();
  }

  #session(accept: () => Session, reject: () => void): void {
    if (this.#isEnding || this.#channelsOpened >= this.#limits.maxChannelsPerConnection) {
      this.#log("info", "channel refused: too many on this connection");
      reject();
      return;
    }
    this.#channelsOpened++;
    const session = accept();
    // No other listener: ssh2 refuses environment variables, signals and forwarding by itself.
    session.on("subsystem", (acceptSubsystem, rejectSubsystem, { name }) => {
      if (name === SUBSYSTEM && !this.#isEnding) this.#open(session, acceptSubsystem, this.#options.accept);
      else (rejectSubsystem as Answer)?.();
    });
    if (this.#options.acceptCli !== undefined) this.#serveCli(session, this.#options.acceptCli);
  }

  /** RFC 4254 sections 6.2, 6.5 and 6.7. */
  #serveCli(session: Session, acceptCli: AcceptCli): void {
    let window: TerminalWindow | undefined;
    session.on("pty", (acceptPty, _reject, { cols, rows }) => {
      window ??= new TerminalWindow(cols, rows);
      (acceptPty as Answer)?.();
    });
    session.on("window-change", (_accept, _reject, { cols, rows }) => window?.resize(cols, rows));
    const open = (accept: () => ServerChannel, reject: Answer, command?: string): void => {
      if (this.#isEnding) reject?.();
      else this.#open(session, accept, (channel) => acceptCli(channel, { command, window }));
    };
    session.on("shell", open);
    session.on("exec", (accept, reject, { command }) => open(accept, reject, command));
  }

  #open(session: Session, accept: () => ServerChannel | undefined, acceptChannel: AcceptSshChannel): void {
    const login = this.#login.login;
    const stream = accept();
    if (stream === undefined || login === undefined) return; // a second request on the same channel
    if (maxPacketBytes(stream) < this.#limits.minPacketBytes) {
      this.#log("info", "the client takes too small packets", { bytes: maxPacketBytes(stream) });
      this.destroy();
      return;
    }
    clearTimeout(this.#deadline);
    const channel = new SshChannel({
      stream,
      link: this.#linkFor(login),
      log: this.#log,
      closeS: this.#limits.closeS,
      accept: acceptChannel,
    });
    this.#channels.add(channel);
    session.on("close", () => this.#channelClosed(channel));
  }

  #linkFor(login: Login): ChannelLink {
    return {
      peer: this.#options.peer,
      login,
      isWritable: () => this.#isWritable(),
      whenWritable: (wake) => this.#wakers.push(wake),
      gather: () => this.#gather(),
      destroy: () => this.destroy(),
    };
  }

  #channelClosed(channel: SshChannel): void {
    if (!this.#channels.delete(channel)) return;
    this.#channelsOpened--;
    channel.gone();
    if (this.#channels.size > 0) return;
    if (this.#isEnding) this.#end();
    else this.#endWhenEmpty();
  }

  /** A client may open another channel; most end the connection themselves. */
  #endWhenEmpty(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.close(), this.#limits.emptyConnectionS * 1000);
  }

  #end(): void {
    this.#client?.end();
    this.#dropAfterClosing();
    if (this.#client === undefined) this.destroy();
  }

  /** A client that does not read keeps a socket open for ever. */
  #dropAfterClosing(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.destroy(), this.#limits.closeS * 1000);
  }

  /** ssh2 has ended the socket. A reset is how many clients leave after their last request. */
  #failed(error: Error & { level?: string }): void {
    const isNews = this.#channels.size > 0 && error.level !== "socket";
    this.#log(isNews ? "warn" : "debug", "connection failed", { reason: error.message });
    this.#dropAfterClosing();
  }

  #closed(): void {
    clearTimeout(this.#deadline);
    this.#keyExchange?.stop();
    this.#options.admission.release();
    this.#wakeAll();
    for (const channel of this.#channels) channel.gone();
    this.#channels.clear();
  }

  #isWritable(): boolean {
    const client = this.#client;
    if (client === undefined || isExchangingKeys(client)) return false;
    return this.#socket.writableLength < this.#limits.maxSocketBacklogBytes;
  }

  /** A write to the socket costs more than to encrypt a small reply: those that come together are one. */
  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#socket.cork();
    setImmediate(() => {
      this.#isGathering = false;
      this.#socket.uncork();
    });
  }

  #drained(): void {
    this.#release("backlog");
    this.#keyExchange?.check();
    this.#wakeAll();
  }

  #wakeAll(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }

  #checkTraffic(): void {
    const client = this.#client;
    if (client === undefined) return;
    if (this.#login.login === undefined && this.#socket.bytesRead > this.#limits.maxUnauthenticatedBytes) {
      this.#log("info", "too many bytes before login");
      this.destroy();
    } else if (packetsHeld(client) > this.#limits.maxPacketsHeldByKeyExchange) {
      this.#log("info", "too many packets held by a key exchange");
      this.destroy();
    }
    if (this.#socket.writableLength > this.#limits.maxReplyBacklogBytes) this.#hold("backlog");
    this.#keyExchange?.check();
  }

  #hold(reason: Hold): void {
    this.#holds.add(reason);
    this.#socket.pause();
  }

  #release(reason: Hold): void {
    if (this.#holds.delete(reason) && this.#holds.size === 0) this.#socket.resume();
  }
}
