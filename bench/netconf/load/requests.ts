import type { ListModel } from "./list-model.ts";

const BASE_NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0";

export const COMMIT = "<commit/>";
export const DISCARD = "<discard-changes/>";

/** The operations that the bench sends, as the content of an `<rpc>`. An entry is known by its number. */
export class Requests {
  readonly #model: ListModel;

  constructor(model: ListModel) {
    this.#model = model;
  }

  /** Whether a reply holds entry `index`. */
  keyOf(index: number): string {
    return `<alias>s${index}</alias>`;
  }

  /** How each entry begins in a reply. */
  get entryTag(): string {
    return `<${this.#model.entry}>`;
  }

  /** Creates the entries, or changes their description where they exist. */
  merge(indices: Iterable<number>, description: string): string {
    return this.#editConfig(indices, "", (index) => this.#leaves(index, description));
  }

  /** Refused where the entry exists. */
  create(index: number): string {
    return this.#editConfig([index], ' nc:operation="create"', (each) => this.#leaves(each, "created"));
  }

  /** Changes nothing but the description of an entry. */
  modify(index: number, description: string): string {
    return this.#editConfig([index], "", (each) => `${this.#keys(each)}<description>${description}</description>`);
  }

  /** Refused where an entry does not exist. */
  delete(indices: Iterable<number>): string {
    return this.#editConfig(indices, ' nc:operation="delete"', (index) => this.#keys(index));
  }

  /** The whole list of running. */
  readAll(): string {
    return this.#getConfig("");
  }

  /** One entry of running, by all its keys. */
  readOne(index: number): string {
    const { entry } = this.#model;
    return this.#getConfig(`<${entry}>${this.#keys(index)}</${entry}>`);
  }

  #keys(index: number): string {
    const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
    return `<vpn-instance>_public_</vpn-instance><address>${address}</address>${this.keyOf(index)}`;
  }

  /** Disabled, so that bmpconfd opens no connections: they are not what is measured. */
  #leaves(index: number, description: string): string {
    return `${this.#keys(index)}<description>${description}</description><enabled>false</enabled><port>5000</port>`;
  }

  #editConfig(indices: Iterable<number>, attribute: string, content: (index: number) => string): string {
    const { container, entry, namespace } = this.#model;
    const entries = Array.from(indices, (index) => `<${entry}${attribute}>${content(index)}</${entry}>`);
    return (
      `<edit-config><target><candidate/></target><config xmlns:nc="${BASE_NAMESPACE}">` +
      `<${container} xmlns="${namespace}">${entries.join("")}</${container}></config></edit-config>`
    );
  }

  #getConfig(selection: string): string {
    const { container, namespace } = this.#model;
    return (
      '<get-config><source><running/></source><filter type="subtree">' +
      `<${container} xmlns="${namespace}">${selection}</${container}></filter></get-config>`
    );
  }
}
