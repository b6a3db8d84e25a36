import type { Streams } from './control.js';
import { type Surroundings, textOf } from './expand.js';
import type { Redirect } from './syntax.js';

/** Streams of a command, and what is to be done when it has ended; or what is wrong with one of them. */
export type Opened = { streams: Streams; close: () => string | undefined } | { wrong: string };

/** Leads the streams of a command where its redirections say. */
export function openStreams(
  redirects: readonly Redirect[],
  outer: Streams,
  around: Surroundings,
): Opened {
  const { files } = around;
  const streams = { ...outer };
  const written: Array<{ path: string; text: string }> = [];
  for (const { stream, operator, word } of redirects) {
    const target = textOf(word, around);
    const side = stream === 2 ? 'err' : 'out';
    if (operator === '<<') streams.input = { text: target };
    else if (operator === '<') {
      const text = files.read(target);
      if (text === undefined) return { wrong: `sh: 1: cannot open ${target}: No such file\n` };
      streams.input = { text };
    } else if (operator === '>&') {
      const { out, err } = streams;
      streams[side] = target === '1' ? out : target === '2' ? err : () => undefined;
    } else {
      const text = operator === '>>' ? (files.read(target) ?? '') : '';
      const file = { path: target, text };
      if (!files.write(target, text))
        return { wrong: `sh: 1: cannot create ${target}: Directory nonexistent\n` };
      written.push(file);
      streams[side] = (more) => (file.text += more);
    }
  }
  const close = (): string | undefined => {
    const failed = written.find(({ path, text }) => !files.write(path, text));
    return failed && `sh: 1: cannot create ${failed.path}: Directory nonexistent\n`;
  };
  return { streams, close };
}
