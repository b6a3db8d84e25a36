/** Hidden whatever the value: tickets, tokens, cookies, CSRF tokens, passwords, private keys. */
const shapes: ReadonlyArray<readonly [RegExp, string | typeof hidePassword]> = [
  [/PVE(?:tfa)?:[^:\s"]+@[^:\s"]+:[0-9A-F]{8}::?[A-Za-z0-9+/=%]+/g, '[ticket]'],
  // A variable of the shell is no secret: dry runs print lines to paste.
  [/(PVEAPIToken[= ][^=\s"]+=)(?!\$)[^\s"]+/g, '$1[secret]'],
  [/(PVEAuthCookie=)[^;\s"]+/g, '$1[ticket]'],
  [/\b[0-9A-F]{8}:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])/g, '[csrf]'],
  [/((?:"|\b)(?:ci)?password("?)\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^\s"&,}]+)/gi, hidePassword],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '[private key]'],
];

/** PVE's own mask, ours, and what JSON has beside texts and numbers. */
const noPassword = /^(?:"(?:\**|\[secret\])"|\**|\[.*|\{.*|null|true|false)$/;

/** `password=x`, `"password": "x"`; what was JSON stays JSON. */
function hidePassword(all: string, name: string, nameQuote: string, value: string): string {
  if (noPassword.test(value)) return all;
  const quote = value.startsWith('"') ? '"' : nameQuote;
  return `${name}${quote}[secret]${quote}`;
}

const passwordName = /^(?:ci)?password$/i;

type Redact = (text: string) => string;

/** Every string by itself, so that a document stays a document. */
const replacing =
  (redact: Redact) =>
  (name: string, item: unknown): unknown => {
    if (typeof item !== 'string' && typeof item !== 'number') return item;
    if (passwordName.test(name) && !noPassword.test(JSON.stringify(item))) return '[secret]';
    return typeof item === 'string' ? redact(item) : item;
  };

/** A redacted copy. */
export function redacted(value: unknown, redact: Redact): unknown {
  return JSON.parse(JSON.stringify(value ?? null, replacing(redact))) as unknown;
}

/** The same as a document, without a copy in between: some have thousands of rows. */
export function redactedJson(value: unknown, redact: Redact): string {
  return JSON.stringify(value ?? null, replacing(redact), 2);
}

/** Shorter values would hide ordinary words. */
const minLength = 6;

/** The one place that knows what must not be shown; every writer passes its text through it. */
export class Redactor {
  readonly #values = new Set<string>();
  /** Secrets that are the result that was asked for. */
  readonly #results = new Set<string>();
  /** Any of the values. */
  #pattern: RegExp | undefined;

  protect(secret: string): void {
    if (secret.length >= minLength) {
      this.#values
        .add(secret)
        .add(encodeURIComponent(secret))
        .add(JSON.stringify(secret).slice(1, -1));
      // Longest first, for one secret may be part of another.
      const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
      const literals = longestFirst.map((value) =>
        value.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`),
      );
      this.#pattern = new RegExp(literals.join('|'), 'g');
    }
  }

  /** From now on a result may show this value; everything else goes on hiding it. */
  disclose(secret: string): void {
    this.#results.add(secret);
  }

  /** @param isResult the text goes to stdout as what was asked for */
  redact(text: string, isResult = false): string {
    const hide = (value: string): string =>
      isResult && this.#results.has(value) ? value : '[secret]';
    let result = this.#pattern ? text.replace(this.#pattern, hide) : text;
    for (const [shape, replacement] of shapes) {
      result = result.replace(shape, replacement as string);
    }
    return result;
  }
}
