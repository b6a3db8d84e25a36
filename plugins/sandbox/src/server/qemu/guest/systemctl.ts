import { formatDate } from './dates.js';
import { zoneOf } from './inside.js';
import { optionOf, splitArgs } from './program.js';
import type { Context, Program, Result } from './program.js';
import { setActive, setEnabled } from './unit-changes.js';
import { activity, enabledState, findUnit, fullName, unitsOf } from './units.js';
import type { Unit } from './units.js';

const VERSION =
  'systemd 252 (252.39-1~deb12u1)\n+PAM +AUDIT +SELINUX +APPARMOR +IMA +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBFDISK +PCRE2 -PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD -BPF_FRAMEWORK -XKBCOMMON +UTMP +SYSVINIT default-hierarchy=unified\n';
/** What LSB says for a service that does not run, and for one that nobody knows. */
const NOT_RUNNING = 3;
const NO_SUCH_UNIT = 4;
const NOT_LOADED = 5;

const hostNow = ({ elapsed }: Context): number => Date.now() + elapsed * 1000;

function activeText(context: Context, unit: Unit): string {
  return activity(context.vm, unit).active ? 'active' : 'inactive';
}

/** One line for each unit; the code says whether all of them are as asked. */
function ask(
  context: Context,
  names: readonly string[],
  quiet: boolean,
  answer: (unit: Unit | undefined, name: string) => { text: string; bad: number; err?: string },
): Partial<Result> {
  let [out, err, code] = ['', '', 0];
  for (const name of names) {
    const told = answer(findUnit(context.vm, name), fullName(name));
    if (!quiet) out += told.text === '' ? '' : `${told.text}\n`;
    err += told.err ?? '';
    code = told.bad === 0 ? code : told.bad;
  }
  return { out, err, code };
}

function isActive(context: Context, names: readonly string[], quiet: boolean): Partial<Result> {
  return ask(context, names, quiet, (unit) => {
    const text = unit ? activeText(context, unit) : 'inactive';
    return { text, bad: text === 'active' ? 0 : NOT_RUNNING };
  });
}

function isEnabled(context: Context, names: readonly string[], quiet: boolean): Partial<Result> {
  return ask(context, names, quiet, (unit, name) => {
    if (!unit)
      return {
        text: '',
        bad: 1,
        err: `Failed to get unit file state for ${name}: No such file or directory\n`,
      };
    const state = enabledState(context.vm, unit);
    return { text: state, bad: state === 'enabled' || state === 'static' ? 0 : 1 };
  });
}

type Change = (context: Context, unit: Unit) => string | undefined;

function power(context: Context, unit: Unit, active: boolean, again = false): string | undefined {
  if (active && enabledState(context.vm, unit) === 'masked')
    return `Failed to start ${unit.name}: Unit ${unit.name} is masked.\n`;
  if (unit.fixed && !active)
    return `Failed to stop ${unit.name}: Operation refused, unit ${unit.name} may be requested by dependency only (it is configured to refuse manual start/stop).\n`;
  setActive(context.vm, unit, active, hostNow(context), again);
  return undefined;
}

function install(state: 'enabled' | 'disabled' | 'masked'): Change {
  return ({ vm }, unit) => {
    if (unit.fixed)
      return state === 'masked' ? `Failed to mask unit: Unit ${unit.name} is needed.\n` : undefined;
    if (state === 'enabled' && enabledState(vm, unit) === 'masked')
      return `Failed to enable unit: Unit file /etc/systemd/system/${unit.name} is masked.\n`;
    setEnabled(vm, unit, state);
    return undefined;
  };
}

const CHANGES: Readonly<Record<string, Change>> = {
  start: (context, unit) => power(context, unit, true),
  stop: (context, unit) => power(context, unit, false),
  restart: (context, unit) => power(context, unit, true, true),
  reload: () => undefined,
  'try-restart': (context, unit) =>
    activity(context.vm, unit).active ? power(context, unit, true, true) : undefined,
  enable: install('enabled'),
  disable: install('disabled'),
  mask: install('masked'),
  unmask: ({ vm }, unit) => {
    if (enabledState(vm, unit) === 'masked') setEnabled(vm, unit, 'enabled');
    return undefined;
  },
};
/** What `--now` adds. */
const NOW: Readonly<Record<string, Change>> = {
  enable: CHANGES['start']!,
  disable: CHANGES['stop']!,
  mask: CHANGES['stop']!,
};

function change(
  context: Context,
  verb: string,
  names: readonly string[],
  now: boolean,
): Partial<Result> {
  let [err, code] = ['', 0];
  for (const name of names) {
    const unit = findUnit(context.vm, name);
    if (!unit) {
      const files = /^(?:enable|disable|mask|unmask)$/.test(verb);
      err += files
        ? `Failed to ${verb} unit: Unit file ${fullName(name)} does not exist.\n`
        : `Failed to ${verb} ${fullName(name)}: Unit ${fullName(name)} not found.\n`;
      code = files ? 1 : NOT_LOADED;
      continue;
    }
    const problem = CHANGES[verb]!(context, unit) ?? (now ? NOW[verb]?.(context, unit) : undefined);
    if (problem === undefined) continue;
    err += problem;
    code = 1;
  }
  return { err, code };
}

function propertiesOf(context: Context, name: string): Record<string, string> {
  const unit = findUnit(context.vm, name);
  if (!unit)
    return {
      Id: fullName(name),
      LoadState: 'not-found',
      ActiveState: 'inactive',
      SubState: 'dead',
      UnitFileState: '',
    };
  const { active, since } = activity(context.vm, unit);
  const state = enabledState(context.vm, unit);
  return {
    Type: unit.oneshot ? 'oneshot' : 'simple',
    Id: unit.name,
    Names: [unit.name, ...(unit.aliases ?? [])].join(' '),
    Description: unit.description,
    LoadState: state === 'masked' ? 'masked' : 'loaded',
    ActiveState: active ? 'active' : 'inactive',
    SubState: active ? (unit.oneshot ? 'exited' : 'running') : 'dead',
    UnitFileState: state,
    StateChangeTimestamp: formatDate('%a %F %T %Z', since, zoneOf(context.vm)),
  };
}

function show(
  context: Context,
  names: readonly string[],
  options: ReadonlyMap<string, string>,
): Partial<Result> {
  const wanted = optionOf(options, '-p', '--property')?.split(',');
  const blocks = names.map((name) =>
    Object.entries(propertiesOf(context, name))
      .filter(([key]) => wanted?.includes(key) ?? true)
      .map(([key, value]) => `${options.has('--value') ? '' : `${key}=`}${value}\n`)
      .join(''),
  );
  return { out: blocks.join('\n') };
}

function statusOf(context: Context, name: string): Partial<Result> {
  const unit = findUnit(context.vm, name);
  if (!unit) return { err: `Unit ${fullName(name)} could not be found.\n`, code: NO_SUCH_UNIT };
  const of = propertiesOf(context, name);
  const active = of['ActiveState'] === 'active';
  return {
    out: `${active ? '*' : '-'} ${unit.name} - ${unit.description}\n     Loaded: ${of['LoadState']} (/lib/systemd/system/${unit.name}; ${of['UnitFileState']}; preset: enabled)\n     Active: ${of['ActiveState']} (${of['SubState']}) since ${of['StateChangeTimestamp']}\n`,
    code: active ? 0 : NOT_RUNNING,
  };
}

function listUnits(context: Context, all: boolean): Partial<Result> {
  const rows = unitsOf(context.vm)
    .map((unit) => propertiesOf(context, unit.name))
    .filter((row) => all || row['ActiveState'] === 'active')
    .map((row) =>
      ['Id', 'LoadState', 'ActiveState', 'SubState', 'Description'].map((key) => row[key]!),
    );
  const table = [['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map(
    (row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' ')}\n`,
  );
  return { out: `${lines.join('')}${rows.length} loaded units listed.\n` };
}

/** `systemctl`, as far as scripts use it. */
export const systemctl: Program = (context) => {
  const { words, options } = splitArgs(context.args, ['-p', '--property', '-t', '--type']);
  const [verb = 'list-units', ...names] = words;
  const quiet = options.has('-q') || options.has('--quiet');
  if (options.has('--version')) return { out: VERSION };
  if (verb === 'daemon-reload') return {};
  if (verb === 'is-system-running') return { out: 'running\n' };
  if (verb === 'list-units') return listUnits(context, options.has('-a') || options.has('--all'));
  const known = /^(?:is-active|is-enabled|show|status)$/.test(verb) || Object.hasOwn(CHANGES, verb);
  if (!known) return { err: `Unknown command verb ${verb}.\n`, code: 1 };
  if (names.length === 0) return { err: 'Too few arguments.\n', code: 1 };
  if (verb === 'is-active') return isActive(context, names, quiet);
  if (verb === 'is-enabled') return isEnabled(context, names, quiet);
  if (verb === 'show') return show(context, names, options);
  if (verb === 'status') return statusOf(context, names[0]!);
  return change(context, verb, names, options.has('--now'));
};
