import type { Guest, ResolveOptions, TargetExpression } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

import { closest } from './closest.js';
import { latestOf, matchesVersion } from './template-version.js';

/** A word as typed, and what it says. */
export interface NamedTarget {
  word: string;
  target: TargetExpression;
}

/**
 * Words and a selector → the guests that they mean, each once.
 *
 * @param guests all that can be seen, of every type
 * @throws RequestError `PMX_<NOUN>_NOT_FOUND`, `PMX_AMBIGUOUS_NAME`, `PMX_NO_MATCH`
 */
export function resolveTargets(
  targets: readonly NamedTarget[],
  guests: readonly Guest[],
  options: ResolveOptions,
): Guest[] {
  const { selector, allowEmpty, noun } = options;
  const named =
    targets.length === 0 && selector
      ? guests.filter((guest) => mismatch(guest, options) === undefined)
      : targets.flatMap(({ word, target }) => resolveTarget(word, target, guests, options));
  const found = [...new Set(named)].filter((guest) => selector?.matches(guest) ?? true);
  if (found.length > 0 || allowEmpty || !selector) return found;
  throw new RequestError({
    code: 'PMX_NO_MATCH',
    message: `No ${noun} is selected${targets.length > 0 ? ` among the ${named.length} that are named` : ''}.`,
    hints: [seeAll(options), 'That is fine in a script? Then add --allow-empty.'],
  });
}

function resolveTarget(
  word: string,
  target: TargetExpression,
  guests: readonly Guest[],
  options: ResolveOptions,
): Guest[] {
  const named = guests.filter((guest) => matches(target, guest));
  const wanted = named.filter((guest) => mismatch(guest, options) === undefined);
  if (target.kind === 'name' && wanted.length > 1) {
    const there = wanted.filter(({ node }) => node === options.preferNode);
    const meant = there.length > 0 ? there : wanted;
    if (meant.length === 1) return meant;
    const latest = options.exactVersion ? undefined : latestOf(meant);
    if (latest) return [latest];
    throw ambiguous(word, meant, options);
  }
  const several = target.kind === 'glob' || target.kind === 'range';
  if (wanted.length === 0 && !(several && options.allowEmpty))
    throw notFound(word, target, named, guests, options);
  return wanted;
}

function matches(target: TargetExpression, guest: Guest): boolean {
  const { vmid, name } = guest;
  switch (target.kind) {
    case 'id':
      return vmid === target.vmid;
    case 'range':
      return vmid >= target.from && vmid <= target.to;
    case 'glob':
      return target.pattern.test(name);
    case 'name':
      return name.toLowerCase() === target.name.toLowerCase() || matchesVersion(target.name, guest);
  }
}

/** Why a guest is not what was asked for; undefined when it is. */
function mismatch({ type, template }: Guest, options: ResolveOptions): string | undefined {
  if (options.type !== undefined && type !== options.type)
    return type === 'lxc' ? 'a container' : 'a VM';
  if (options.template === false && template) return 'a template';
  if (options.template === true && !template) return 'no template';
  return undefined;
}

function notFound(
  word: string,
  target: TargetExpression,
  named: Guest[],
  guests: readonly Guest[],
  options: ResolveOptions,
): RequestError {
  const { noun } = options;
  const code = `PMX_${noun.toUpperCase().replaceAll(/\W+/g, '_')}_NOT_FOUND`;
  const [other] = named;
  if (other) {
    return new RequestError({
      code,
      message:
        named.length === 1
          ? `${describe(other)} is ${mismatch(other, options)}, and a ${noun} is needed.`
          : `None of the ${named.length} guests that match '${word}' is a ${noun}: ${list(named)}.`,
      hints: wrongKindHints(other, options),
      data: { target: word, matches: named.map(({ vmid }) => vmid) },
    });
  }
  const suitable = guests.filter((guest) => mismatch(guest, options) === undefined);
  const what =
    target.kind === 'glob' || target.kind === 'range'
      ? `No ${noun} matches '${word}'`
      : `There is no ${noun} '${word}'`;
  return new RequestError({
    code,
    message: `${what}.`,
    hints: hintsFor(target, guests, suitable, options),
    data: { target: word },
  });
}

function hintsFor(
  target: TargetExpression,
  guests: readonly Guest[],
  suitable: Guest[],
  options: ResolveOptions,
): string[] {
  if (guests.length === 0) {
    // PVE leaves rows out rather than refuse: an empty list is what a lack of rights looks like.
    return [
      'The server shows no guests at all. Without VM.Audit it hides them; a privilege-separated token needs that right itself, beside its user: pveum acl modify /vms --tokens <token> --roles PVEAuditor',
    ];
  }
  const see = seeAll(options);
  const offers =
    target.kind === 'name'
      ? closest(
          target.name,
          suitable.map(({ name }) => name).filter((name) => name !== ''),
        )
      : target.kind === 'id'
        ? closest(
            String(target.vmid),
            suitable.map(({ vmid }) => String(vmid)),
          )
        : [];
  return offers.length > 0 ? [`Did you mean ${offers.join(' or ')}?`, see] : [see];
}

function seeAll({ noun, type }: ResolveOptions): string {
  return `See what there is: pmx ${noun === 'template' ? 'template' : type === 'lxc' ? 'ct' : 'vm'} list`;
}

function ambiguous(word: string, found: Guest[], { noun }: ResolveOptions): RequestError {
  return new RequestError({
    code: 'PMX_AMBIGUOUS_NAME',
    message: `${found.length} guests are called '${word}': ${list(found)}.`,
    hints: [`Name the ${noun} by its id: ${found[0]!.vmid}`],
    data: { target: word, matches: found.map(({ vmid }) => vmid) },
  });
}

const maxListed = 20;

function list(guests: Guest[]): string {
  const shown = guests.slice(0, maxListed).map(({ vmid, node }) => `${vmid} (${node})`);
  const more = guests.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function describe({ type, vmid, name }: Guest): string {
  return `${type === 'lxc' ? 'Container' : 'VM'} ${vmid}${name === '' ? '' : ` (${name})`}`;
}

/** Where the guests are that were wanted, and what takes the one that was named. */
function wrongKindHints({ type, template, vmid }: Guest, { noun }: ResolveOptions): string[] {
  const see = `See what there is: pmx ${noun === 'template' ? 'template' : 'vm'} list`;
  return type === 'qemu' && template && noun !== 'template'
    ? [`Templates have commands of their own, for example: pmx template delete ${vmid}`, see]
    : [see];
}
