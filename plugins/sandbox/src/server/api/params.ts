import type { ConfigValue } from '../state/model.js';

export type ParamValue = ConfigValue | readonly string[];

/** The checked parameters of a call. */
export class Params {
  readonly #values: ReadonlyMap<string, ParamValue>;

  constructor(values: ReadonlyMap<string, ParamValue>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** A text that the schema demands. */
  string(name: string): string {
    const value = this.optionalString(name);
    if (value === undefined) throw new Error(`the route does not demand '${name}'`);
    return value;
  }

  optionalString(name: string): string | undefined {
    const value = this.#values.get(name);
    return value === undefined || Array.isArray(value) ? undefined : String(value);
  }

  /** A number that the schema demands. */
  number(name: string): number {
    const value = this.optionalNumber(name);
    if (value === undefined) throw new Error(`the route does not demand '${name}'`);
    return value;
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  /** A boolean; absent is false. */
  flag(name: string): boolean {
    return this.#values.get(name) === 1;
  }

  /** A parameter that may come several times. */
  array(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** A list that is written with commas, semicolons or blanks between its items. */
  list(name: string): string[] {
    return splitList(this.optionalString(name) ?? '');
  }

  /** All values except the named ones. */
  all(except: readonly string[] = []): [string, ParamValue][] {
    return [...this.#values].filter(([name]) => !except.includes(name));
  }

  /** All single values except the named ones. */
  entries(except: readonly string[] = []): [string, ConfigValue][] {
    return [...this.#values].filter(
      (entry): entry is [string, ConfigValue] =>
        !except.includes(entry[0]) && !Array.isArray(entry[1]),
    );
  }
}

/** PVE's split_list: commas, semicolons, blanks and NULs divide. */
export function splitList(text: string): string[] {
  return text.split(/[,;\s\0]+/).filter((item) => item !== '');
}
