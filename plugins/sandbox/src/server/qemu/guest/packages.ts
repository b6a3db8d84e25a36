import type { Vm } from '../../state/model.js';
import { GuestFiles } from './inside.js';
import type { Unit } from './units.js';
import { type Context, type Program, type Result, usage } from './program.js';

const STATUS = '/var/lib/dpkg/status';

/** What an image of Debian for clouds comes with, as far as anybody asks for it. */
const FIRST = ['base-files', 'cloud-init', 'openssh-server', 'qemu-guest-agent', 'sudo', 'systemd'];

/** Programs that are not called like their package. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  'docker.io': ['docker', 'dockerd'],
  chrony: ['chronyc', 'chronyd'],
  'openssh-server': ['sshd'],
  'qemu-guest-agent': ['qemu-ga'],
  'build-essential': ['cc', 'gcc', 'make'],
};

/** Services that come with a package and are on from then on. */
const SERVICES: Readonly<Record<string, Unit>> = {
  'docker.io': { name: 'docker.service', description: 'Docker Application Container Engine' },
  nginx: { name: 'nginx.service', description: 'A high performance web server' },
  'prometheus-node-exporter': {
    name: 'prometheus-node-exporter.service',
    description: 'Prometheus exporter for machine metrics',
  },
  'unattended-upgrades': {
    name: 'unattended-upgrades.service',
    description: 'Unattended Upgrades Shutdown',
  },
};

export function servicesOf(vm: Vm): Unit[] {
  return [...installed(vm)].flatMap((name) => SERVICES[name] ?? []);
}

export function hasPackage(vm: Vm, name: string): boolean {
  return installed(vm).has(name);
}

function installed(vm: Vm): Set<string> {
  const text = new GuestFiles(vm).read(STATUS) ?? '';
  const own = [...text.matchAll(/^Package: (.+)$/gm)].map(([, name]) => name!);
  return new Set([...FIRST, ...own]);
}

/** Programs that came with packages. */
export function programsOf(vm: Vm): Set<string> {
  return new Set([...installed(vm)].flatMap((name) => CALLED[name] ?? [name]));
}

/** The mirror of a pretended guest has every package that could be one. */
const NAME = /^[a-z0-9][a-z0-9+.-]+$/;

const aptGet: Program = ({ args, vm, files }: Context): Partial<Result> => {
  const words: string[] = [];
  for (let index = 0; index < args.length; index++) {
    if (args[index] === '-o') index++;
    else if (!args[index]!.startsWith('-')) words.push(args[index]!);
  }
  const [verb, ...names] = words;
  if (verb === 'update') return { out: 'Reading package lists...\n', seconds: 0.1 };
  if (verb === 'clean' || verb === 'upgrade' || verb === 'autoremove') return {};
  if (verb !== 'install') return { err: `E: Invalid operation ${verb ?? ''}\n`, code: 100 };
  const unknown = names.filter((name) => !NAME.test(name));
  if (unknown.length > 0)
    return {
      err: unknown.map((name) => `E: Unable to locate package ${name}\n`).join(''),
      code: 100,
    };
  const there = installed(vm);
  const more = names.filter((name) => !there.has(name));
  const stanzas = more.map((name) => `Package: ${name}\nStatus: install ok installed\n\n`);
  if (!files.write(STATUS, `${files.read(STATUS) ?? ''}${stanzas.join('')}`))
    return usage('apt-get', `could not write ${STATUS}`, 100);
  return {
    out: more.map((name) => `Setting up ${name} ...\n`).join(''),
    seconds: 0.1 * more.length,
  };
};

const dpkgQuery: Program = ({ args, vm }) => {
  const name = args.at(-1) ?? '';
  if (!installed(vm).has(name))
    return { err: `dpkg-query: no packages found matching ${name}\n`, code: 1 };
  const format = args.find((word) => word.startsWith('-f='))?.slice(3);
  return {
    out: (format ?? '${Package}\t${Status}\n')
      .replaceAll('${Status}', 'install ok installed')
      .replaceAll('${Package}', name)
      .replaceAll(String.raw`\n`, '\n'),
  };
};

export const PACKAGE_PROGRAMS: Readonly<Record<string, Program>> = {
  'apt-get': aptGet,
  apt: aptGet,
  'dpkg-query': dpkgQuery,
};
