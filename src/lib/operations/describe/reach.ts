import type { Effect } from '@pmx-cli/kit';

import { agentPath } from '../reach/agent.js';

/** Lines of a dry run for the steps that reach into a guest; what is held is only counted. */
export function reachLines(effect: Effect): string[] {
  switch (effect.kind) {
    case 'guest.exec':
      return [
        `POST ${agentPath(effect.args)}/exec`,
        `  command = ${words(effect.args.command)}`,
        ...(effect.args.input ? ['  input-data = [standard input]'] : []),
      ];
    case 'guest.run':
      return [`through the guest agent: ${effect.args.called ?? effect.args.command.join(' ')}`];
    case 'guest.agent': {
      const { command, params = {} } = effect.args;
      return [
        `POST ${agentPath(effect.args)}/${command}`,
        ...Object.entries(params).map(
          ([name, value]) => `  ${name} = ${isHeld(value) ? '[secret]' : String(value)}`,
        ),
      ];
    }
    case 'guest.write-file': {
      const { source, destination, direct } = effect.args;
      return [
        `through the guest agent: ${source} → ${destination}${direct ? ', in one call' : ', in pieces, checked and then renamed'}`,
      ];
    }
    case 'guest.read-file':
      return [`through the guest agent: ${effect.args.source} → ${effect.args.destination}`];
    case 'guest.console': {
      const { type, node, vmid, serial } = effect.args;
      const path = `/nodes/${node}/${type}/${vmid}`;
      return [
        `POST ${path}/termproxy`,
        ...(serial === undefined ? [] : [`  serial = ${serial}`]),
        `GET ${path}/vncwebsocket, as a WebSocket at this terminal`,
      ];
    }
    case 'guest.vnc': {
      const path = `/nodes/${effect.args.node}/qemu/${effect.args.vmid}`;
      return [
        'for each viewer that connects to 127.0.0.1:',
        `POST ${path}/vncproxy`,
        '  websocket = 1',
        '  generate-password = 1',
        `GET ${path}/vncwebsocket, as a WebSocket`,
      ];
    }
    case 'guest.spice':
      return [
        `POST /nodes/${effect.args.node}/qemu/${effect.args.vmid}/spiceproxy`,
        'its answer → a file for remote-viewer',
      ];
    case 'process.attach':
      return [`${effect.args.program} ${words(effect.args.arguments)}`];
    case 'process.run': {
      const { program, input, output } = effect.args;
      const ends = [input && `< ${input}`, output && `> ${output.path}`].filter(Boolean);
      return [[program, words(effect.args.arguments), ...ends].join(' ')];
    }
    case 'time.save':
      if (effect.args.rtc) return [`startdate and state of the VM → ${effect.args.record}`];
      return [`through the guest agent: clock, time zone and NTP services → ${effect.args.record}`];
    case 'time.services':
      return [
        `through the guest agent: ${effect.args.running ? 'start the NTP services that ran before' : 'stop the NTP services that run'}`,
      ];
    case 'time.set': {
      const { to, rtc } = effect.args;
      const what =
        typeof to === 'number'
          ? `date -u -s @${Math.floor(to / 1000)}`
          : "date -u -s @(this machine's time, and the difference from before)";
      return [
        `POST ${agentPath(effect.args)}/exec`,
        `  command = ${what}${rtc === true ? ', then hwclock -w' : ''}`,
      ];
    }
    case 'time.mark':
      return [`state = ${effect.args.state} → ${effect.args.record}`];
    case 'time.timer':
      return [`${effect.args.timer} and its service, then systemctl --user enable --now`];
    case 'time.timer-off':
      return [`systemctl --user disable --now, then without ${effect.args.timer}`];
    case 'time.keep':
    case 'time.measure':
      return [`GET ${agentPath(effect.args)}/get-time`];
    default:
      return [];
  }
}

function isHeld(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$secret' in value;
}

function words(list: ReadonlyArray<string | object>): string {
  return list.map((word) => (typeof word === 'string' ? word : '[argument]')).join(' ');
}
