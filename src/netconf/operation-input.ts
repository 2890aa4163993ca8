import type { DatastoreName, InlineConfig } from "../datastore/datastores.ts";
import { badElement, invalidValue, missingElement } from "../errors/constructors.ts";
import { trimWhiteSpace } from "../xml/characters.ts";
import { standalone, type XmlElement } from "../xml/element.ts";
import { readContent, readOutline } from "../xml/envelope.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import { type DefaultsMode, defaultsModes } from "../yang/defaults-mode.ts";
import { type Filter, readXPath, type XPathFilter } from "../yang/xpath-filter.ts";
import { parseDateAndTime } from "./date-and-time.ts";
import { readFilter } from "./filter.ts";
import { netconfLimits } from "./limits.ts";
import type { Operation } from "./operation.ts";
import {
  missing,
  type RequestStep,
  requestPath,
  requireAttributes,
  requireNoChildren,
  requireNoText,
  unexpected,
  wrongValue,
} from "./parameter-errors.ts";
import { WITH_DEFAULTS } from "./with-defaults.ts";

/** A configuration that is elsewhere (RFC 6241 section 8.8). */
export interface UrlReference {
  readonly url: string;
}

/** One that no client uses. */
const PREFIX = "bmpconfd-base";

/** What clients take from their users as XML. */
const WRITTEN_BY_USERS = ["config", "filter", "source"];

const useOneOf = (names: readonly string[]) =>
  `use ${names.length > 1 ? "one of " : ""}${names.map((name) => `<${name}/>`).join(", ")}.`;

/**
 * The parameters of one operation, checked against what the RFC allows (RFC 7950 section 8.3.1 has the error for each
 * fault). Every method throws `RpcError` for what the client got wrong.
 */
export class OperationInput {
  readonly #operation: Operation;
  readonly #hasUrls: boolean;
  /** As it was sent. */
  readonly element: XmlElement;
  readonly #parameters: ReadonlyMap<string, XmlElement>;

  /** `hasUrls`: whether the server has the :url capability. */
  constructor(operation: Operation, element: XmlElement, hasUrls: boolean) {
    this.#operation = operation;
    this.element = element;
    this.#hasUrls = hasUrls;
    this.#parameters = collect(operation, element, hasUrls);
  }

  /** One of a few words; `otherwise` when the parameter is not there. */
  word<Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word {
    const text = this.#text(name);
    if (text === undefined) return otherwise;
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw wrongValue(this.path(name), `use ${words.join(", ")}.`);
    return word;
  }

  /** Undefined when it is not there. */
  string(name: string): string | undefined {
    return this.#text(name);
  }

  requiredString(name: string): string {
    const text = this.#text(name);
    if (text === undefined) throw missing(this.path(), name, "add it.");
    return text;
  }

  /**
   * The name of an identity of that namespace (RFC 7950 section 9.10.3), undefined when the parameter is not there. One
   * without prefix is taken for it whatever the default namespace is: clients with prefixes of their own send it so.
   */
  identity(name: string, namespace: string): string | undefined {
    const parameter = this.#parameters.get(name);
    const text = this.#text(name);
    if (parameter === undefined || text === undefined) return undefined;
    const [prefix, local] = text.includes(":") ? text.split(":", 2) : [undefined, text];
    if (prefix === undefined || parameter.scope.lookup(prefix) === namespace) return local;
    throw wrongValue(this.path(name), `its prefix must stand for "${namespace}".`);
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** Whether a parameter is there that is an empty element, as all of type `empty` are. */
  isPresent(name: string): boolean {
    const element = this.#content(name);
    if (element !== undefined) requireNoText(this.path(name), element);
    return element !== undefined;
  }

  /** `<with-defaults>` (RFC 6243 section 4.5.1); undefined when it is not there. */
  withDefaults(): DefaultsMode | undefined {
    return this.has("with-defaults") ? this.word("with-defaults", defaultsModes, "explicit") : undefined;
  }

  /** As it was sent, white space included; undefined when the parameter is not there. */
  verbatim(name: string, length: { readonly least?: number; readonly most: number }): string | undefined {
    const text = this.#content(name)?.text;
    if (text === undefined) return undefined;
    // RFC 7950 section 9.4.4: characters are counted, not halves of them.
    const characters = text.length > 2 * length.most ? text.length : Array.from(text).length;
    if (characters >= (length.least ?? 0) && characters <= length.most) return text;
    throw wrongValue(this.path(name), `use ${length.least ?? 0} to ${length.most} characters.`);
  }

  /** A `date-and-time` (RFC 6991), in ms since the epoch; undefined when the parameter is not there. */
  dateAndTime(name: string): number | undefined {
    const text = this.#text(name);
    if (text === undefined) return undefined;
    const time = parseDateAndTime(text);
    if (time !== undefined) return time;
    throw wrongValue(this.path(name), "use a date and time with a time zone, such as 2026-01-31T12:00:00Z.");
  }

  /** A number, 1 to 2^32 - 1; required where there is no `otherwise`. */
  positiveUint32(name: string, otherwise?: number): number {
    const text = this.#text(name) ?? otherwise?.toString();
    if (text === undefined) throw missing(this.path(), name, "add it.");
    // RFC 7950 section 9.2.1: an optional sign and digits.
    const value = /^\+?\d+$/.test(text) ? Number(text) : 0;
    if (value < 1 || value > 0xffff_ffff) {
      throw wrongValue(this.path(name), "use a whole number from 1 to 4294967295.");
    }
    return value;
  }

  /** A datastore given as an empty element in the parameter, such as `<target><candidate/></target>`. */
  datastore<Name extends DatastoreName>(parameter: string, allowed: readonly Name[]): Name {
    const { path, choice } = this.#choice(parameter, allowed);
    return emptyChoice(path, choice, allowed);
  }

  /** The same, or a URL where the server has such. */
  target<Name extends DatastoreName>(allowed: readonly Name[]): Name | UrlReference {
    const { path, choice } = this.#choice("target", [...allowed, ...this.#urlChoice]);
    return choice.name === "url" ? urlIn([...path, "url"], choice) : emptyChoice(path, choice, allowed);
  }

  /** A datastore, a `<config>` sent inline, or a URL. */
  source(allowed: readonly DatastoreName[]): DatastoreName | InlineConfig | UrlReference {
    const { path, choice } = this.#choice("source", [...allowed, "config", ...this.#urlChoice]);
    if (choice.name === "config") return { config: inBaseNamespace(choice) };
    return choice.name === "url" ? urlIn([...path, "url"], choice) : emptyChoice(path, choice, allowed);
  }

  /** The required `<config>`, raw and with the declarations it inherits, or `<url>` in its place. */
  config(): InlineConfig | UrlReference {
    const element = this.#parameters.get("config");
    const url = this.#parameters.get("url");
    if (element !== undefined && url !== undefined) {
      const path = requestPath(...this.path("url"));
      throw badElement("url", "<config> and <url> are both there; send one of them.", { path });
    }
    if (url !== undefined) return urlIn(this.path("url"), url);
    if (element === undefined) throw missing(this.path(), "config", "put the configuration into it.");
    return { config: inBaseNamespace(element) };
  }

  get #urlChoice(): readonly string[] {
    return this.#hasUrls ? ["url"] : [];
  }

  /** Undefined when there is no `<filter>`, which selects everything. */
  filter(): Filter | undefined {
    const element = this.#parameters.get("filter");
    return element === undefined ? undefined : readFilter(this.#operation, readContent(element));
  }

  /** XPath expressions that select nodes (RFC 5717 section 2.4.1.1), at least one. */
  xpaths(name: string): readonly XPathFilter[] {
    const parameters = this.element.children.filter((parameter) => parameter.name === name);
    if (parameters.length === 0) throw missing(this.path(), name, "add it.");
    const { selectCharacters } = netconfLimits;
    let characters = 0;
    return parameters.map((parameter, index) => {
      const element = this.#withText(name, parameter);
      const select = trimWhiteSpace(element.text);
      characters += select.length;
      if (characters > selectCharacters)
        throw wrongValue(this.path(name), `use no more than ${selectCharacters} characters in all.`);
      const read = readXPath(select, (prefix) => element.scope.lookup(prefix), name);
      if (!("problem" in read)) return read;
      const { text, namespaces } = requestPath(...this.path(name));
      const path = { text: parameters.length > 1 ? `${text}[${index + 1}]` : text, namespaces };
      throw invalidValue(read.problem, { path, ...(read.isWrongType ? { appTag: "not-a-node-set" } : {}) });
    });
  }

  /** Leads to a parameter. */
  path(...names: readonly string[]): readonly RequestStep[] {
    return pathIn(this.#operation, ...names);
  }

  #text(name: string): string | undefined {
    const element = this.#content(name);
    return element === undefined ? undefined : trimWhiteSpace(element.text);
  }

  /** A parameter that has text and nothing else. */
  #content(name: string): XmlElement | undefined {
    const parameter = this.#parameters.get(name);
    return parameter && this.#withText(name, parameter);
  }

  #withText(name: string, parameter: XmlElement): XmlElement {
    const path = this.path(name);
    const element = readContent(parameter);
    requireAttributes(path, element);
    requireNoChildren(path, element);
    return element;
  }

  #choice(name: string, allowed: readonly string[]): { path: readonly RequestStep[]; choice: XmlElement } {
    const path = this.path(name);
    const hint = useOneOf(allowed);
    const parameter = this.#parameters.get(name);
    if (parameter === undefined) throw missing(this.path(), name, hint);
    const element = readOutline(parameter);
    requireAttributes(path, element);
    requireNoText(path, element);
    const [choice, second] = element.children;
    if (choice === undefined) {
      throw missingElement(name, `<${name}> is empty; ${hint}`, { path: requestPath(...path) });
    }
    for (const child of element.children) {
      if (!isInNamespace(NETCONF_BASE, child) || !allowed.includes(child.name)) {
        throw unexpected(path, child, child.name === "url" ? `this server does not advertise :url; ${hint}` : hint);
      }
    }
    if (second !== undefined) {
      throw badElement(second.name, `<${name}> has more than one element; ${hint}`, { path: requestPath(...path) });
    }
    return { path, choice };
  }
}

function emptyChoice<Name extends DatastoreName>(
  path: readonly RequestStep[],
  choice: XmlElement,
  allowed: readonly Name[],
): Name {
  const element = readContent(choice);
  const choicePath = [...path, element.name];
  requireAttributes(choicePath, element);
  requireNoText(choicePath, element);
  requireNoChildren(choicePath, element);
  const name = allowed.find((candidate) => candidate === element.name);
  if (name === undefined) throw unexpected(path, element, useOneOf(allowed));
  return name;
}

function urlIn(path: readonly RequestStep[], choice: XmlElement): UrlReference {
  const element = readContent(choice);
  requireAttributes(path, element);
  requireNoChildren(path, element);
  return { url: trimWhiteSpace(element.text) };
}

function collect(operation: Operation, element: XmlElement, hasUrls: boolean): ReadonlyMap<string, XmlElement> {
  const allowed = operation.parameters.filter((name) => name !== "url" || hasUrls);
  const path = pathIn(operation);
  requireAttributes(path, element);
  requireNoText(path, element);
  const parameters = new Map<string, XmlElement>();
  if (operation.isAction === true) return parameters;
  for (const parameter of element.children) {
    if (!isInNamespace(namespaceOf(operation, parameter.name), parameter) || !allowed.includes(parameter.name)) {
      throw unexpected(path, parameter, hintFor(operation, parameter.name, allowed));
    }
    if (parameters.has(parameter.name) && operation.repeated?.includes(parameter.name) !== true) {
      throw badElement(parameter.name, `<${parameter.name}> is in <${operation.name}> twice; send it once.`, {
        path: requestPath(...pathIn(operation, parameter.name)),
      });
    }
    parameters.set(parameter.name, parameter);
  }
  return parameters;
}

/** Parameters are in the namespace of their operation, but for those that another module adds. */
const pathIn = (operation: Operation, ...parameters: readonly string[]): readonly RequestStep[] => [
  { namespace: operation.namespace, name: operation.name },
  ...parameters.map((name) => ({ namespace: namespaceOf(operation, name), name })),
];

const namespaceOf = ({ namespace, augmented }: Operation, parameter: string): string =>
  augmented?.[parameter] ?? namespace;

function hintFor(operation: Operation, name: string, allowed: readonly string[]): string {
  if (name === "url" && operation.parameters.includes(name))
    return "this server does not advertise :url, leave it out.";
  if (allowed.length === 0) return "the operation has no parameters.";
  const hint = `its parameters are ${allowed.map((parameter) => `<${parameter}>`).join(", ")}`;
  return allowed.includes("with-defaults") ? `${hint} (which is in namespace "${WITH_DEFAULTS}").` : `${hint}.`;
}

/**
 * Clients that put a prefix on their own elements send what their user wrote without one in no namespace at all, and have
 * one way to make a `<filter>`, which is the base namespace's.
 */
function isInNamespace(namespace: string, element: XmlElement): boolean {
  if (element.namespace === namespace || (element.namespace === NETCONF_BASE && element.name === "filter")) return true;
  return element.namespace === "" && WRITTEN_BY_USERS.includes(element.name);
}

/** A `<config>` as a document of its own, in the namespace that it belongs to; its content stays as it is. */
function inBaseNamespace(config: XmlElement): string {
  const text = standalone(config);
  if (config.namespace === NETCONF_BASE) return text;
  const opening = `<${PREFIX}:config xmlns:${PREFIX}="${NETCONF_BASE}"`;
  if (text.endsWith("/>")) return opening + text.slice("<config".length);
  return `${opening}${text.slice("<config".length, text.lastIndexOf("</"))}</${PREFIX}:config>`;
}
