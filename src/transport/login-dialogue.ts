import type { AuthContext, AuthenticationType, KeyboardAuthContext, PublicKeyAuthContext } from "ssh2";
import type { Authenticator, Login } from "../access/authenticator.ts";
import type { Log } from "../observe/log.ts";
import type { TransportLimits } from "./limits.ts";

const METHODS: AuthenticationType[] = ["publickey", "password", "keyboard-interactive"];
/** Of a refused user name, in the log. */
const MAX_LOGGED_NAME = 64;

interface LoginDialogueOptions {
  readonly authenticator: Authenticator;
  readonly log: Log;
  readonly limits: Pick<TransportLimits, "maxLoginFailures" | "maxLoginRequests">;
  /** Stops reading while a login is being checked, so that the next request is answered after this one. */
  readonly hold: () => void;
  readonly resume: () => void;
  /** The client has used up its tries. */
  readonly giveUp: () => void;
}

/** Answers the login requests of one connection (RFC 4252), one after the other. */
export class LoginDialogue {
  readonly #options: LoginDialogueOptions;
  #requests = 0;
  #failures = 0;
  /** The client may still send requests that it queued before it saw the connection end. */
  #isOver = false;
  #login: Login | undefined;

  constructor(options: LoginDialogueOptions) {
    this.#options = options;
  }

  /** Who logged in, once somebody did. */
  get login(): Login | undefined {
    return this.#login;
  }

  /** Answers one request. Never throws. */
  answer(context: AuthContext): void {
    if (this.#isOver) return;
    if (++this.#requests > this.#options.limits.maxLoginRequests) {
      this.#end();
      return;
    }
    switch (context.method) {
      case "none": // how clients ask for the methods (RFC 4252 section 5.2): not a try
        context.reject(METHODS);
        break;
      case "publickey":
        this.#check(context, isSigned(context), () => this.#withKey(context));
        break;
      case "password":
        this.#check(context, true, () => this.#withPassword(context.username, context.password));
        break;
      case "keyboard-interactive":
        this.#askForPassword(context);
        break;
      default:
        this.#fail(context);
    }
  }

  /** Answers nothing more and ends the connection. */
  #end(): void {
    this.#isOver = true;
    this.#options.giveUp();
  }

  /** Many clients, such as OpenSSH, send a password this way (RFC 4256). */
  #askForPassword(context: KeyboardAuthContext): void {
    context.prompt([{ prompt: "Password: ", echo: false }], (answers: readonly string[] | Error) => {
      // An Error: the client went on to another request without answering, and that one is being answered.
      if (answers instanceof Error) return;
      this.#check(context, true, () => this.#withPassword(context.username, answers[0]));
    });
  }

  /** ssh2 gives an object for a password when the client wants to change it, which is not offered. */
  async #withPassword(username: string, password: unknown): Promise<Login | undefined> {
    if (typeof password !== "string") return undefined;
    return await this.#options.authenticator.withPassword(username, password);
  }

  async #withKey(context: PublicKeyAuthContext): Promise<Login | undefined> {
    const { username, key, hashAlgo, signature, blob } = context;
    const offered = { type: key.algo, blob: key.data, rsaHash: hashAlgo };
    if (signature === undefined || blob === undefined) {
      return await this.#options.authenticator.withKey(username, offered);
    }
    return await this.#options.authenticator.withKey(username, offered, { signed: blob, signature });
  }

  /** `counts`: whether accepting logs the user in and refusing is a failure, or the client only asks about a key. */
  #check(context: AuthContext, counts: boolean, find: () => Promise<Login | undefined>): void {
    this.#options.hold();
    find()
      .catch((error: unknown) => {
        this.#options.log("error", "login could not be checked", { error });
        return undefined;
      })
      .then((login) => {
        if (this.#isOver) return;
        if (login === undefined && counts) this.#fail(context);
        else if (login === undefined) context.reject(METHODS);
        else if (counts) this.#succeed(context, login);
        else context.accept();
      })
      .finally(this.#options.resume)
      .catch((error: unknown) => {
        this.#options.log("error", "login could not be answered", { error });
        this.#end();
      });
  }

  #succeed(context: AuthContext, login: Login): void {
    this.#login = login;
    this.#options.log("info", "login", { user: login.username, group: login.group, method: context.method });
    context.accept();
  }

  #fail(context: AuthContext): void {
    const user = context.username.slice(0, MAX_LOGGED_NAME);
    this.#options.log("info", "login refused", { user, method: context.method });
    // Counted first: rejecting brings up the next request at once, when the client has sent several without waiting.
    this.#isOver = ++this.#failures >= this.#options.limits.maxLoginFailures;
    context.reject(METHODS);
    if (this.#isOver) this.#options.giveUp();
  }
}

const isSigned = (context: PublicKeyAuthContext): boolean => context.signature !== undefined;
