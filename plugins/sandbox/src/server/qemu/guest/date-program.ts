import { setSystemClock, systemAhead } from './clock.js';
import { DATE_FORMAT, formatDate, parseDate } from './dates.js';
import { bytesOf, zoneOf } from './inside.js';
import { optionOf, splitArgs, usage } from './program.js';
import type { Context, Result } from './program.js';
import { localTime, momentOf } from './zones.js';

const ISO_FORMATS: Readonly<Record<string, string>> = {
  '': '%F',
  date: '%F',
  hours: '%FT%H%:z',
  minutes: '%FT%R%:z',
  seconds: '%FT%T%:z',
  ns: '%FT%T,%N%:z',
};

/** `date`: shows the clock or any moment, and sets the clock. */
export function date({ args, vm, elapsed }: Context): Partial<Result> {
  const { words, options } = splitArgs(args, ['-s', '--set', '-d', '--date']);
  const host = Date.now() + elapsed * 1000;
  const now = host + systemAhead(vm, host);
  const utc = options.has('-u') || options.has('--utc') || options.has('--universal');
  const zone = utc ? 'UTC' : zoneOf(vm);
  const format = words.find((word) => word.startsWith('+'))?.slice(1);
  const extra = words.filter((word) => !word.startsWith('+'));
  const known = /^(?:-u|-s|-d|-R|-I.*|--(?:utc|universal|set|date|rfc-email|rfc-3339|iso-8601))$/;
  const odd = [...options.keys()].find((name) => !known.test(name));
  if (odd !== undefined)
    return usage(
      'date',
      `invalid option -- '${odd.replace(/^-+/, '')}'\nTry 'date --help' for more information.`,
    );
  const set = optionOf(options, '-s', '--set');
  const shown = optionOf(options, '-d', '--date');
  let moment: number | undefined = now;
  if (set !== undefined) moment = parseDate(set, now, zone);
  else if (shown !== undefined) moment = parseDate(shown, now, zone);
  else if (extra.length > 0) moment = digits(extra[0]!, now, zone);
  if (moment === undefined)
    return usage(
      'date',
      `invalid date \u2018${set ?? shown ?? extra[0]}\u2019`.replace(/[\u2018\u2019]/g, "'"),
    );
  // GNU date sets the clock for digits without an option, too.
  if (set !== undefined || (shown === undefined && extra.length > 0))
    setSystemClock(vm, moment, host);
  return { out: bytesOf(`${formatDate(format ?? formatOf(options), moment, zone)}\n`) };
}

function formatOf(options: ReadonlyMap<string, string>): string {
  if (options.has('-R') || options.has('--rfc-email')) return '%a, %d %b %Y %H:%M:%S %z';
  const rfc = options.get('--rfc-3339');
  if (rfc !== undefined) return rfc === 'date' ? '%F' : rfc === 'ns' ? '%F %T.%N%:z' : '%F %T%:z';
  const short = [...options.keys()].find((name) => name.startsWith('-I'))?.slice(2);
  const iso = short ?? options.get('--iso-8601');
  return iso === undefined ? DATE_FORMAT : (ISO_FORMATS[iso] ?? '%F');
}

/** MMDDhhmm[[CC]YY][.ss] */
function digits(text: string, now: number, zone: string): number | undefined {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d|\d{4})?(?:\.(\d\d))?$/.exec(text);
  if (!match) return undefined;
  const [month, day, hour, minute] = match.slice(1, 5).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const given = match[5];
  const year =
    given === undefined
      ? localTime(zone, now).year
      : given.length === 4
        ? Number(given)
        : Number(given) + (Number(given) < 69 ? 2000 : 1900);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59) return undefined;
  return momentOf(zone, Date.UTC(year, month - 1, day, hour, minute, Number(match[6] ?? 0)));
}
