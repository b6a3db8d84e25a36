import type { Vm } from '../../state/model.js';
import { bytesOf, cloudUser, guestTime, hostName, KERNEL } from './inside.js';
import type { GuestFiles } from './inside.js';

/** What a program has said and how long it took. */
export interface Result {
  out: string;
  err: string;
  code: number;
  seconds: number;
}

/** What a program gets. */
export interface Context {
  vm: Vm;
  files: GuestFiles;
  args: readonly string[];
  stdin: string;
  /** Seconds that have passed since the first program of the command began. */
  elapsed: number;
}

type Program = (context: Context) => Partial<Result>;

const OPTION = /^-[a-zA-Z-]/;
const usage = (name: string, text: string, code = 1): Partial<Result> => ({
  err: `${name}: ${text}\n`,
  code,
});
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function strftime(format: string, millis: number): string {
  const date = new Date(millis);
  const iso = date.toISOString();
  const parts: Record<string, string> = {
    s: String(Math.floor(millis / 1000)),
    N: String((millis % 1000) * 1_000_000).padStart(9, '0'),
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    e: String(date.getUTCDate()).padStart(2),
    H: iso.slice(11, 13),
    M: iso.slice(14, 16),
    S: iso.slice(17, 19),
    F: iso.slice(0, 10),
    T: iso.slice(11, 19),
    a: DAYS[date.getUTCDay()]!,
    b: MONTHS[date.getUTCMonth()]!,
    z: '+0000',
    Z: 'UTC',
    n: '\n',
    '%': '%',
  };
  return format.replace(/%(.)/g, (all, letter: string) => parts[letter] ?? all);
}

function date({ args, vm, elapsed }: Context): Partial<Result> {
  const now = guestTime(vm) + elapsed * 1000;
  const set = args.findIndex((word) => word === '-s' || word === '--set' || /^--set=/.test(word));
  if (set >= 0) {
    const text = args[set]!.startsWith('--set=') ? args[set]!.slice(6) : (args[set + 1] ?? '');
    const wanted = text.startsWith('@') ? Number(text.slice(1)) * 1000 : Date.parse(`${text}Z`);
    if (Number.isNaN(wanted)) return usage('date', `invalid date '${text}'`);
    if (vm.guest) vm.guest.clockAhead = Math.round(wanted - Date.now());
    return { out: `${strftime('%a %b %e %T %Z %Y', wanted)}\n` };
  }
  const format = args.find((word) => word.startsWith('+'))?.slice(1);
  if (format !== undefined) return { out: `${strftime(format, now)}\n` };
  if (args.some((word) => /^(?:-Is|-Iseconds|--iso-8601=seconds)$/.test(word)))
    return { out: `${strftime('%FT%T+00:00', now)}\n` };
  return { out: `${strftime('%a %b %e %T %Z %Y', now)}\n` };
}

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
    n: hostName(vm.config, vm.vmid),
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
  for (const path of args.filter((word) => !OPTION.test(word))) {
    if (files.read(path) !== undefined) files.remove(path);
    else if (!force) return usage('rm', `cannot remove '${path}': No such file or directory`);
  }
  return {};
}

function test({ args, files }: Context): Partial<Result> {
  const words = args.at(-1) === ']' ? args.slice(0, -1) : args;
  const [first = '', second = '', third = ''] = words;
  const yes =
    first === '-e' || first === '-f'
      ? files.read(second) !== undefined || (first === '-e' && files.isDirectory(second))
      : first === '-d'
        ? files.isDirectory(second)
        : first === '-n'
          ? second !== ''
          : first === '-z'
            ? second === ''
            : second === '='
              ? first === third
              : second === '!='
                ? first !== third
                : first !== '';
  return { code: yes ? 0 : 1 };
}

/** The programs that a guest has, by name. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  date,
  echo,
  head,
  uname,
  id,
  ls: list,
  rm: remove,
  tr: translate,
  test,
  '[': test,
  cat: (context) =>
    inputs(
      'cat',
      context,
      context.args.filter((word) => !/^-\w/.test(word)),
    ),
  hostname: ({ vm }) => ({ out: bytesOf(`${hostName(vm.config, vm.vmid)}\n`) }),
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
  printf: ({ args }) => ({
    out: (args[0] ?? '').replace(/\\n/g, '\n').replace(/%s/g, () => args[1] ?? ''),
  }),
  wc: (context) => {
    const [option = '', ...names] = context.args;
    const { out, err, code } = inputs('wc', context, names);
    const count = option === '-c' ? out.length : out.split('\n').length - 1;
    return { out: `${count}${names[0] === undefined ? '' : ` ${names[0]}`}\n`, err, code };
  },
};
