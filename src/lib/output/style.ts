import { styleText } from 'node:util';

type Style = (text: string) => string;

const names = ['bold', 'dim', 'red', 'green', 'yellow'] as const;
type Styler = Record<(typeof names)[number], Style>;

const colored = Object.fromEntries(
  names.map((name) => [name, (text: string) => styleText(name, text, { validateStream: false })]),
) as Styler;
const plain = Object.fromEntries(names.map((name) => [name, (text: string) => text])) as Styler;

export function styler(color: boolean): Styler {
  return color ? colored : plain;
}

/** NO_COLOR and FORCE_COLOR as https://no-color.org and https://force-color.org have them. */
export function wantsColor(
  stream: NodeJS.WritableStream,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  return (stream as NodeJS.WriteStream).isTTY === true && env['TERM'] !== 'dumb';
}
