import type { App } from '../../app.js';
import { SERVICES } from '../../host/machine.js';
import { failure } from '../../errors.js';
import { define } from '../declare.js';
import { nodeSystemTable as table } from '../tables/node-system.js';
import { Extended } from '../types.js';
import type { Call, Route } from '../types.js';
import { nodeSettings } from './settings.js';

interface Line {
  /** Seconds since the epoch. */
  time: number;
  unit: string;
  pid: number;
  text: string;
}

/** What the node's services have said: that they were started, and all that the cluster log knows. */
function linesOf(app: App, node: string): Line[] {
  const { createdAt, log } = app.store.state;
  const boot: Line[] = [
    { time: createdAt - 900, unit: 'systemd-journald', pid: 54, text: 'Journal started' },
    ...SERVICES.filter(({ state }) => state === 'running').map(({ desc, service }) => ({
      time: createdAt - 900,
      unit: 'systemd',
      pid: 1,
      text: `Started ${service}.service - ${desc}.`,
    })),
  ];
  const events = log
    .filter((entry) => entry.node === node)
    .map(({ time, tag, pid, user, msg }) => ({ time, unit: tag, pid, text: `<${user}> ${msg}` }));
  return [...boot, ...events];
}

function shown(node: string, line: Line, timezone: string): string {
  const part = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat('en-US', { timeZone: timezone, ...options }).format(line.time * 1000);
  const clock = part({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const day = part({ day: '2-digit' });
  return `${part({ month: 'short' })} ${day} ${clock} ${node} ${line.unit}[${line.pid}]: ${line.text}`;
}

/** `2026-11-20 09:21` in seconds. */
function secondsOf(text: string | undefined, byDefault: number): number {
  return text === undefined ? byDefault : Date.parse(`${text.replace(' ', 'T')}Z`) / 1000;
}

function syslog({ app, params }: Call): Extended {
  const node = params.string('node');
  const timezone = nodeSettings(app, node).timezone ?? 'Etc/UTC';
  const service = params.optionalString('service');
  const since = secondsOf(params.optionalString('since'), 0);
  const until = secondsOf(params.optionalString('until'), Infinity);
  const lines = linesOf(app, node)
    .filter(({ unit }) => service === undefined || unit === service)
    .filter(({ time }) => time >= since && time <= until);
  const start = params.optionalNumber('start') ?? 0;
  const limit = params.optionalNumber('limit') ?? 50;
  return new Extended(
    lines
      .slice(start, start + limit)
      .map((line, at) => ({ n: start + at + 1, t: shown(node, line, timezone) })),
    { total: lines.length },
  );
}

function journal({ app, params }: Call): string[] {
  for (const name of ['structured', 'identifiers', 'units', 'kernel'])
    if (params.flag(name)) throw failure(`'${name}' of the journal is not part of the sandbox`);
  const node = params.string('node');
  const timezone = nodeSettings(app, node).timezone ?? 'Etc/UTC';
  const unit = params.optionalString('service') ?? params.optionalString('unit');
  const all = linesOf(app, node).map((line, at) => ({ ...line, at }));
  const from = Number(params.optionalString('startcursor')?.split('=')[1] ?? -1);
  const to = Number(params.optionalString('endcursor')?.split('=')[1] ?? all.length);
  const lines = all
    .filter(({ at }) => at > from && at < to)
    .filter((line) => unit === undefined || line.unit === unit.replace(/\.service$/, ''))
    .filter(({ time }) => time >= (params.optionalNumber('since') ?? 0))
    .filter(({ time }) => time <= (params.optionalNumber('until') ?? Infinity))
    .slice(-(params.optionalNumber('lastentries') ?? all.length));
  const cursor = (at: number | undefined): string => `i=${at ?? 0}`;
  return [
    cursor(lines[0]?.at),
    ...lines.map((line) => shown(node, line, timezone)),
    cursor(lines.at(-1)?.at),
  ];
}

export const journalRoutes: Route[] = define(table, {
  'GET /nodes/{node}/syslog': ['Read system log', syslog],
  'GET /nodes/{node}/journal': ['Read Journal', journal],
});
