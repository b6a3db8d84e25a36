import type { Effect, Plan, Value } from '@pmx-cli/kit';

type Shown = (value: Value | undefined, plan: Plan) => unknown;

/** Lines of a dry run for what goes to a management controller; secrets stay hidden. */
export function controllerLines(effect: Effect, plan: Plan, shown: Shown): string[] {
  switch (effect.kind) {
    case 'redfish.call': {
      const { method, host, port, path, body = {} } = effect.args;
      const known = Object.entries(shown(body, plan) as Record<string, unknown>);
      return [
        `${method} https://${host}:${port}${path}`,
        ...known.map(([key, value]) => `  ${key} = ${oneLine(value)}`),
      ];
    }
    case 'bmc.await-certificate': {
      const { host, port, wanted, before } = effect.args;
      return [
        `TLS handshakes with ${host}:${port} until it shows ${wanted ?? `another certificate than ${before}`}`,
      ];
    }
    case 'bmc.await-power': {
      const { host, port, system } = effect.args;
      return [`GET https://${host}:${port}${system}`];
    }
    case 'bmc.set-clock': {
      const { host, port, action, aheadSeconds } = effect.args;
      const ahead = aheadSeconds === 0 ? '' : ` and ${aheadSeconds} s`;
      return [
        `POST https://${host}:${port}${action}`,
        '  GetRequest = false',
        `  TimeData = (this machine's time${ahead})`,
      ];
    }
    default:
      return [];
  }
}

function oneLine(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const [first = '', ...rest] = text.trim().split(/\r?\n/);
  return rest.length === 0 ? first : `${first} … (${rest.length + 1} lines)`;
}
