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

/**
 * As https://no-color.org, https://force-color.org and https://bixense.com/clicolors have them; what
 * a setting says counts where none of their variables does.
 */
export function wantsColor(
  stream: NodeJS.WritableStream,
  env: NodeJS.ProcessEnv = process.env,
  setting: 'auto' | 'always' | 'never' = 'auto',
): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR']) return env['FORCE_COLOR'] !== '0';
  if (env['CLICOLOR_FORCE'] && env['CLICOLOR_FORCE'] !== '0') return true;
  if (setting !== 'auto') return setting === 'always';
  return canRedraw(stream, env);
}

/** A terminal whose cursor can go back; Emacs' shell buffers, for one, call theirs dumb. */
export function canRedraw(
  stream: NodeJS.WritableStream,
  env: NodeJS.ProcessEnv = process.env,
): stream is NodeJS.WriteStream {
  return (stream as NodeJS.WriteStream).isTTY === true && env['TERM'] !== 'dumb';
}
