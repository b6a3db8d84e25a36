import type { QueryParams, WriteParams } from './types.js';

const mask = '***';
/** Shorter values would blot out half of every message, and protect nothing. */
const minLength = 3;
const secretName =
  /pass(word|wd|phrase)?$|^cipassword$|secret|token(?!id)|ticket|private|^(key|certkey)$|keyfile|encryption/i;

/** True for parameters whose value is nobody's business. */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/**
 * Values that must not leave this client: credentials, tickets, and whatever was sent as a
 * password. PVE repeats parameters in its error texts.
 */
export class Secrets {
  readonly #values = new Set<string>();

  add(value: string): void {
    if (value.length < minLength) return;
    this.#values.add(value);
    this.#values.add(encodeURIComponent(value));
  }

  /** Remembers the values of parameters that look like secrets by their name. */
  addParams(params: QueryParams | WriteParams | undefined): void {
    for (const [name, value] of Object.entries(params ?? {})) {
      if (typeof value === 'string' && isSecretName(name)) this.add(value);
    }
  }

  hide(text: string): string {
    let hidden = text;
    // Longest first: one secret may be part of another.
    for (const value of [...this.#values].sort((a, b) => b.length - a.length)) {
      hidden = hidden.replaceAll(value, mask);
    }
    return hidden;
  }
}
