/** Hidden whatever the value: tickets, tokens, cookies, CSRF tokens, passwords, private keys. */
const shapes: ReadonlyArray<readonly [RegExp, string]> = [
  [/PVE(?:tfa)?:[^:\s"]+@[^:\s"]+:[0-9A-F]{8}::?[A-Za-z0-9+/=%]+/g, '[ticket]'],
  [/(PVEAPIToken[= ][^=\s"]+=)[^\s"]+/g, '$1[secret]'],
  [/(PVEAuthCookie=)[^;\s"]+/g, '$1[ticket]'],
  [/\b[0-9A-F]{8}:[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/])/g, '[csrf]'],
  [/((?:"|\b)(?:ci)?password"?\s*[:=]\s*"?)(?!\*|\[)[^\s"&,}]+/gi, '$1[secret]'],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '[private key]'],
];

/** Shorter values would hide ordinary words. */
const minLength = 6;

/** The one place that knows what must not be shown; every writer passes its text through it. */
export class Redactor {
  readonly #values = new Set<string>();

  protect(secret: string): void {
    if (secret.length >= minLength) {
      this.#values
        .add(secret)
        .add(encodeURIComponent(secret))
        .add(JSON.stringify(secret).slice(1, -1));
    }
  }

  redact(text: string): string {
    let result = text;
    for (const value of this.#values) result = result.replaceAll(value, '[secret]');
    for (const [shape, replacement] of shapes) result = result.replace(shape, replacement);
    return result;
  }
}
