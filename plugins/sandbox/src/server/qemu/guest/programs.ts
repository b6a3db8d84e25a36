import { cloudUser, guestHostName, KERNEL } from './inside.js';
import { date } from './date-program.js';
import { FILE_PROGRAMS } from './file-programs.js';
import { PACKAGE_PROGRAMS } from './packages.js';
import { usage } from './program.js';
import type { Context, Program, Result } from './program.js';
import { cloudInit, hostname, hostnamectl } from './system-programs.js';
import { systemctl } from './systemctl.js';
import { TEXT_PROGRAMS } from './text-programs.js';
import { hwclock, timedatectl } from './time-programs.js';

export type { Context, Result } from './program.js';

const OPTION = /^-[a-zA-Z-]/;
function echo({ args }: Context): Partial<Result> {
  const bare = args[0] === '-n';
  return { out: `${args.slice(bare ? 1 : 0).join(' ')}${bare ? '' : '\n'}` };
}

/** The content of the named files, or standard input. */
function inputs(name: string, context: Context, names: readonly string[]): Result {
  const result: Result = { out: '', err: '', code: 0, seconds: 0 };
  if (names.length === 0) return { ...result, out: context.stdin };
  for (const path of names) {
    const text = path === '-' ? context.stdin : context.files.read(path);
    if (text !== undefined) result.out += text;
    else {
      const why = context.files.isDirectory(path) ? 'Is a directory' : 'No such file or directory';
      result.err += `${name}: ${path}: ${why}\n`;
      result.code = 1;
    }
  }
  return result;
}

function head(context: Context): Partial<Result> {
  const { args } = context;
  const at = args.findIndex((word) => /^-[nc]/.test(word));
  const flag =
    at < 0 ? '-n10' : args[at]!.length > 2 ? args[at]! : `${args[at]!}${args[at + 1] ?? ''}`;
  const count = Number(flag.slice(2));
  const skipped = at < 0 ? 0 : args[at]!.length > 2 ? 1 : 2;
  const names = args.filter((_, index) => at < 0 || index < at || index >= at + skipped);
  if (!Number.isInteger(count)) return usage('head', `invalid number of lines: '${flag.slice(2)}'`);
  // /dev/zero has no end, so it cannot be a file of its own.
  if (names[0] === '/dev/zero' && flag[1] === 'c')
    return { out: '\0'.repeat(Math.min(count, 16e6)) };
  const { out, err, code } = inputs('head', context, names);
  if (flag[1] === 'c') return { out: out.slice(0, count), err, code };
  const lines = out.split(/(?<=\n)/);
  return { out: lines.slice(0, count).join(''), err, code };
}

function uname({ args, vm }: Context): Partial<Result> {
  const parts: Record<string, string> = {
    s: 'Linux',
    n: guestHostName(vm).split('.')[0]!,
    r: KERNEL.release,
    v: KERNEL.version,
    m: KERNEL.machine,
    o: 'GNU/Linux',
  };
  const wanted = args.length === 0 ? 's' : args.join('').replaceAll('-', '');
  const letters = wanted.includes('a') ? 'snrvmo' : [...'snrvmo'].filter((l) => wanted.includes(l));
  return { out: `${[...letters].map((letter) => parts[letter]).join(' ')}\n` };
}

function id({ args, vm }: Context): Partial<Result> {
  const name = args.find((word) => !OPTION.test(word)) ?? 'root';
  if (name !== 'root' && name !== cloudUser(vm.config))
    return usage('id', `'${name}': no such user`);
  const number = name === 'root' ? 0 : 1000;
  if (args.some((word) => /^-[ug]$/.test(word))) return { out: `${number}\n` };
  if (args.includes('-un')) return { out: `${name}\n` };
  return { out: `uid=${number}(${name}) gid=${number}(${name}) groups=${number}(${name})\n` };
}

/** The file system of the first disk has grown with it, less what a file system needs itself. */
function df({ args, vm }: Context): Partial<Result> {
  const drive = Object.entries(vm.config).find(([slot]) =>
    /^(?:scsi|virtio|sata|ide)0$/.test(slot),
  );
  const [, size = '0', unit = 'G'] = /size=(\d+)([KMGT])?/.exec(String(drive?.[1] ?? '')) ?? [];
  const factor = { K: 1, M: 2 ** 10, G: 2 ** 20, T: 2 ** 30 }[unit] ?? 2 ** 20;
  const blocks = Math.floor(Number(size) * factor * 0.95);
  if (args.includes('--output=size')) return { out: `1K-blocks\n${blocks}\n` };
  return {
    out: `Filesystem 1K-blocks Used Available Use% Mounted on\n/dev/sda1 ${blocks} ${Math.floor(blocks / 4)} ${Math.floor(blocks / 2)} 25% /\n`,
  };
}

function translate({ args, stdin }: Context): Partial<Result> {
  const character = (text: string): string =>
    text.replace(
      /\\(0|n|t)/g,
      (_, letter: string) => ({ '0': '\0', n: '\n', t: '\t' })[letter] ?? '',
    );
  const from = [...character(args.at(-2) ?? '')];
  if (args[0] === '-d')
    return { out: [...stdin].filter((c) => !character(args[1] ?? '').includes(c)).join('') };
  const to = [...character(args.at(-1) ?? '')];
  const map = new Map(from.map((letter, index) => [letter, to[index] ?? to.at(-1) ?? letter]));
  return { out: stdin.replace(/[^]/g, (letter) => map.get(letter) ?? letter) };
}

function list({ args, files }: Context): Partial<Result> {
  const path = args.find((word) => !OPTION.test(word)) ?? '/';
  if (files.isDirectory(path))
    return {
      out: files
        .list(path)
        .map((name) => `${name}\n`)
        .join(''),
    };
  if (files.read(path) !== undefined) return { out: `${path}\n` };
  return usage('ls', `cannot access '${path}': No such file or directory`, 2);
}

function remove({ args, files }: Context): Partial<Result> {
  const force = args.some((word) => /^-\w*f/.test(word));
  const whole = args.some((word) => /^-\w*[rR]/.test(word));
  for (const path of args.filter((word) => !OPTION.test(word))) {
    if (files.read(path) !== undefined) files.remove(path);
    else if (whole && files.isDirectory(path)) files.removeTree(path);
    else if (!force) return usage('rm', `cannot remove '${path}': No such file or directory`);
  }
  return {};
}

/** The programs that a guest has, by name. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  ...FILE_PROGRAMS,
  ...PACKAGE_PROGRAMS,
  ...TEXT_PROGRAMS,
  'cloud-init': cloudInit,
  date,
  df,
  echo,
  hostname,
  hostnamectl,
  hwclock,
  systemctl,
  timedatectl,
  head,
  uname,
  id,
  ls: list,
  rm: remove,
  tr: translate,
  cat: (context) =>
    inputs(
      'cat',
      context,
      context.args.filter((word) => !/^-\w/.test(word)),
    ),
  whoami: () => ({ out: 'root\n' }),
  pwd: () => ({ out: '/\n' }),
  true: () => ({}),
  false: () => ({ code: 1 }),
  sync: () => ({}),
  sleep: ({ args }) => {
    const seconds = Number(/^(\d+(?:\.\d+)?)s?$/.exec(args[0] ?? '')?.[1] ?? NaN);
    return Number.isNaN(seconds)
      ? usage('sleep', `invalid time interval '${args[0] ?? ''}'`)
      : { seconds };
  },
  touch: ({ args, files }) => {
    for (const path of args.filter((word) => !OPTION.test(word)))
      if (files.read(path) === undefined && !files.write(path, ''))
        return usage('touch', `cannot touch '${path}': No such file or directory`);
    return {};
  },
  wc: (context) => {
    const [option = '', ...names] = context.args;
    const { out, err, code } = inputs('wc', context, names);
    const count = option === '-c' ? out.length : out.split('\n').length - 1;
    return { out: `${count}${names[0] === undefined ? '' : ` ${names[0]}`}\n`, err, code };
  },
};
