import {
  isSynchronized,
  rtcAhead,
  setHardwareClock,
  setSystemClock,
  settleClock,
  systemAhead,
} from './clock.js';
import { formatDate, parseDate } from './dates.js';
import { bytesOf, zoneOf } from './inside.js';
import { optionOf, splitArgs, usage } from './program.js';
import type { Context, Program, Result } from './program.js';
import { activity, ntpUnit } from './units.js';
import { setActive, setEnabled } from './unit-changes.js';
import { isZone, localTime, offsetText, zoneNames } from './zones.js';

/** Host time, guest time and hardware clock at one moment. */
function times({ vm, elapsed }: Context): { host: number; system: number; rtc: number } {
  const host = Date.now() + elapsed * 1000;
  return { host, system: host + systemAhead(vm, host), rtc: host + rtcAhead(vm) };
}

/** `hwclock`: the hardware clock, which outlives a reset but no new start of the VM. */
export const hwclock: Program = (context) => {
  const { vm, args } = context;
  const { options } = splitArgs(args, ['--date', '-f', '--rtc']);
  const { host, system, rtc } = times(context);
  const zone = zoneOf(vm);
  if (optionOf(options, '-w', '--systohc') !== undefined) setHardwareClock(vm, system, host);
  else if (optionOf(options, '-s', '--hctosys') !== undefined) setSystemClock(vm, rtc, host);
  else if (options.has('--set')) {
    const text = options.get('--date');
    const wanted = text === undefined ? undefined : parseDate(text, system, zone);
    if (wanted === undefined)
      return usage('hwclock', 'The --date option must be specified or is invalid');
    setHardwareClock(vm, wanted, host);
  } else {
    const odd = [...options.keys()].find(
      (name) => !/^(?:-r|--show|-u|--utc|-v|--verbose)$/.test(name),
    );
    if (odd !== undefined) return usage('hwclock', `unrecognized option '${odd}'`);
    const micros = `${String(Math.floor(rtc) % 1000).padStart(3, '0')}000`;
    return { out: `${formatDate('%F %T', rtc, zone)}.${micros}${formatDate('%:z', rtc, zone)}\n` };
  }
  return {};
};

/** systemd's own way to write a moment. */
const stamp = (millis: number, zone: string): string => formatDate('%a %F %T %Z', millis, zone);
const yes = (value: boolean): string => (value ? 'yes' : 'no');

function properties(context: Context): Record<string, string> {
  const { vm } = context;
  const { host, system, rtc } = times(context);
  const zone = zoneOf(vm);
  const unit = ntpUnit(vm);
  return {
    Timezone: zone,
    LocalRTC: 'no',
    CanNTP: yes(unit !== undefined),
    NTP: yes(unit !== undefined && activity(vm, unit).active),
    NTPSynchronized: yes(isSynchronized(vm, host)),
    TimeUSec: stamp(system, zone),
    RTCTimeUSec: stamp(rtc, zone),
  };
}

function status(context: Context): Partial<Result> {
  const { vm } = context;
  const { host, system, rtc } = times(context);
  const zone = zoneOf(vm);
  const unit = ntpUnit(vm);
  const { zone: name, offsetMinutes } = localTime(zone, system);
  const service = unit ? (activity(vm, unit).active ? 'active' : 'inactive') : 'n/a';
  const rows: [string, string][] = [
    ['Local time', stamp(system, zone)],
    ['Universal time', stamp(system, 'UTC')],
    ['RTC time', formatDate('%a %F %T', rtc, 'UTC')],
    ['Time zone', `${zone} (${name}, ${offsetText(offsetMinutes, '')})`],
    ['System clock synchronized', yes(isSynchronized(vm, host))],
    ['NTP service', service],
    ['RTC in local TZ', 'no'],
  ];
  return { out: rows.map(([label, value]) => `${label.padStart(25)}: ${value}\n`).join('') };
}

function show(context: Context, options: ReadonlyMap<string, string>): Partial<Result> {
  const wanted = optionOf(options, '-p', '--property');
  const bare = options.has('--value');
  const all = Object.entries(properties(context));
  const chosen =
    wanted === undefined ? all : all.filter(([key]) => wanted.split(',').includes(key));
  return { out: chosen.map(([key, value]) => `${bare ? '' : `${key}=`}${value}\n`).join('') };
}

function setNtp(context: Context, text: string): Partial<Result> {
  const on = /^(?:1|yes|y|true|t|on)$/i.test(text);
  if (!on && !/^(?:0|no|n|false|f|off)$/i.test(text))
    return { err: `Failed to parse NTP setting: ${text}\n`, code: 1 };
  const unit = ntpUnit(context.vm);
  if (!unit) return { err: 'Failed to set ntp: NTP not supported\n', code: 1 };
  const { host } = times(context);
  if (on && context.vm.inside?.units?.[unit.name] === 'masked')
    return { err: `Failed to set ntp: Unit file ${unit.name} is masked.\n`, code: 1 };
  setEnabled(context.vm, unit, on ? 'enabled' : 'disabled');
  setActive(context.vm, unit, on, host);
  return {};
}

function setTime(context: Context, text: string): Partial<Result> {
  const { vm } = context;
  const { host, system } = times(context);
  const unit = ntpUnit(vm);
  if (unit && activity(vm, unit).active)
    return { err: 'Failed to set time: Automatic time synchronization is enabled\n', code: 1 };
  const wanted = parseDate(text, system, zoneOf(vm));
  if (wanted === undefined)
    return { err: `Failed to parse time specification '${text}': Invalid argument\n`, code: 1 };
  setSystemClock(vm, wanted, host);
  setHardwareClock(vm, wanted, host);
  return {};
}

function setZone({ files }: Context, name: string): Partial<Result> {
  if (!isZone(name))
    return {
      err: `Failed to set time zone: Invalid or not installed time zone '${name}'\n`,
      code: 1,
    };
  files.write('/etc/timezone', `${name}\n`);
  return {};
}

/** `timedatectl`, as far as scripts use it. */
export const timedatectl: Program = (context) => {
  const { words, options } = splitArgs(context.args, ['-p', '--property']);
  const [verb = 'status', value] = words;
  settleClock(context.vm, times(context).host);
  if (verb === 'status') return status(context);
  if (verb === 'show') return show(context, options);
  if (verb === 'list-timezones')
    return {
      out: bytesOf(
        zoneNames()
          .map((name) => `${name}\n`)
          .join(''),
      ),
    };
  const setters: Record<string, (context: Context, text: string) => Partial<Result>> = {
    'set-ntp': setNtp,
    'set-time': setTime,
    'set-timezone': setZone,
  };
  const setter = setters[verb];
  if (!setter) return { err: `Unknown command verb ${verb}.\n`, code: 1 };
  if (value === undefined || words.length > 2)
    return { err: `Too ${value === undefined ? 'few' : 'many'} arguments.\n`, code: 1 };
  return setter(context, value);
};
