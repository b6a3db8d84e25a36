import {
  allSteps,
  type DryRunStyle,
  type Effect,
  type Json,
  type Plan,
  resolve as resolveValue,
  type Step,
  type Value,
} from '@pmx-cli/kit';

import { encodePath } from '../../api/form.js';
import { controllerLines } from './controllers.js';
import { callOfEffect } from './effect-call.js';
import { machineLines } from './machine.js';
import { reachLines } from './reach.js';

/** What a dry run prints: the same plan that would be carried out, as lines. */
export function describePlan(
  plan: Plan,
  style: DryRunStyle,
  endpoint: string | undefined,
): string[] {
  if (style === 'words') return inWords(plan);
  const lines = [`# ${plan.title}`];
  for (const step of allSteps(plan.steps)) {
    lines.push(
      `# ${step.title}`,
      ...shellLines(step, plan, style, endpoint ?? 'https://HOST:8006'),
    );
  }
  return lines;
}

function inWords(plan: Plan): string[] {
  const lines = [`${plan.title} (dry run, nothing is changed)`];
  let number = 0;
  for (const node of plan.steps) {
    number++;
    const steps = 'parallel' in node ? node.parallel : [node];
    for (const [index, step] of steps.entries()) {
      const mark = 'parallel' in node ? `${number}${String.fromCharCode(97 + index)}` : `${number}`;
      lines.push(`  ${mark}. ${step.title}${step.destructive ? ' [cannot be taken back]' : ''}`);
      lines.push(...effectLines(step, plan).map((line) => `       ${line}`));
      for (const undo of step.undo ?? []) lines.push(`       if it fails later: ${undo.title}`);
    }
  }
  for (const item of plan.impact?.removes ?? []) {
    lines.push(`  goes:  ${item.what} ${item.name}${item.detail ? ` (${item.detail})` : ''}`);
  }
  for (const item of plan.impact?.keeps ?? []) {
    lines.push(`  stays: ${item.what} ${item.name}${item.detail ? ` (${item.detail})` : ''}`);
  }
  for (const note of plan.notes ?? []) lines.push(`  note:  ${note}`);
  return lines;
}

/** Variables show what is known of them beforehand, secrets never. */
export function preview(value: Value | undefined, plan: Plan): Json {
  return resolveValue(value, {
    variable: (name) => plan.variables?.[name] ?? `<${name}>`,
    secret: () => '[secret]',
  });
}

function effectLines(effect: Effect, plan: Plan): string[] {
  switch (effect.kind) {
    case 'pve.upload': {
      const { node, storage, content, filename, source } = effect.args;
      const from =
        source.type === 'file'
          ? source.path
          : source.type === 'download'
            ? source.url
            : `a new ISO (${source.type === 'agent-seed' ? 'nocloud' : source.layout})`;
      return [
        `upload ${from} to ${storage}:${content}/${String(preview(filename, plan))} on ${node}`,
      ];
    }
    default: {
      const call = effect.kind === 'pve.call' ? effect.args : callOfEffect(effect);
      if (!call)
        return [
          ...reachLines(effect),
          ...controllerLines(effect, plan, preview),
          ...machineLines(effect),
        ];
      const params = preview(call.params ?? {}, plan) as Record<string, Json>;
      return callLines(call.method, String(preview(call.path, plan)), params);
    }
  }
}

function callLines(method: string, path: string, params: Record<string, Json>): string[] {
  return [
    `${method} ${path}`,
    ...Object.entries(params).map(
      ([key, value]) => `  ${key} = ${String(value).split('\n').join(' ⏎ ')}`,
    ),
  ];
}

function shellLines(step: Step, plan: Plan, style: 'curl' | 'pvesh', endpoint: string): string[] {
  const call = step.kind === 'pve.call' ? step.args : callOfEffect(step);
  if (call) {
    const { method, path, params } = call;
    const known = preview(params ?? {}, plan) as Record<string, Json>;
    // As on the wire: lists are repeated fields.
    const pairs = Object.entries(known).flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map((item): [string, string] => [
        key,
        typeof item === 'boolean' ? String(Number(item)) : String(item),
      ]),
    );
    const target = String(preview(path, plan));
    return [
      style === 'curl' ? curl(endpoint, method, target, pairs) : pvesh(method, target, pairs),
    ];
  }
  if (step.kind === 'pve.upload' && step.args.source.type === 'file' && style === 'curl') {
    const { node, storage, content, filename, source, sha256 } = step.args;
    const sum = step.args.checksum ?? (sha256 ? { algorithm: 'sha256', value: sha256 } : undefined);
    const checksum = sum ? ` -F checksum=${sum.value} -F checksum-algorithm=${sum.algorithm}` : '';
    return [
      `curl ${authorization} -X POST ${quote(`${endpoint}/api2/json/nodes/${node}/storage/${storage}/upload`)}` +
        ` -F content=${content}${checksum} -F ${quote(`filename=@${source.path};filename=${String(preview(filename, plan))}`)}`,
    ];
  }
  return ['# (pmx does this itself)'];
}

/** The secret stays in the environment of whoever pastes the line. */
const authorization = '-H "Authorization: PVEAPIToken=$PMX_TOKEN_ID=$PMX_TOKEN_SECRET"';

function curl(
  endpoint: string,
  method: string,
  path: string,
  pairs: Array<[string, string]>,
): string {
  const url = `${endpoint}/api2/json${encodePath(path)}`;
  const data = pairs
    .map(([key, value]) => ` --data-urlencode ${quote(`${key}=${value}`)}`)
    .join('');
  // PVE refuses a DELETE with a body: parameters go into the query.
  return `curl ${authorization} ${method === 'DELETE' ? '-G -X DELETE' : `-X ${method}`} ${quote(url)}${data}`;
}

const pveshVerbs = { POST: 'create', PUT: 'set', DELETE: 'delete' } as const;

function pvesh(
  method: keyof typeof pveshVerbs,
  path: string,
  pairs: Array<[string, string]>,
): string {
  return [
    `pvesh ${pveshVerbs[method]} ${quote(path)}`,
    ...pairs.map(([key, value]) => `--${key} ${quote(value)}`),
  ].join(' ');
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
