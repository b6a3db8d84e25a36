import { ref, type Step, text } from '@pmx-cli/kit';

import { fileProgram, installProgram, snippetProgram } from '../../../cloudinit/index.js';
import type { Bake } from './recipe.js';

interface Program {
  id: string;
  title: string;
  /** What it is called when it fails: the program itself is long. */
  called: string;
  command: readonly string[];
  expect?: string;
}

export function runStep(
  { timeoutSeconds }: Pick<Bake, 'timeoutSeconds'>,
  node: string,
  { id, title, called, command, expect }: Program,
): Step {
  return {
    id,
    title,
    kind: 'guest.run',
    args: {
      node,
      vmid: ref('vmid'),
      command,
      called,
      ...(expect !== undefined && { expect }),
      mustSucceed: true,
      timeoutSeconds,
    },
  };
}

const destination = '/root/.pmx-script';

/** Packages, snippets and the script, into a guest whose agent answers. */
export function contentSteps(bake: Bake, node: string, name: string): Step[] {
  const { packages, snippets, script } = bake;
  return [
    ...(packages.length > 0
      ? [
          runStep(bake, node, {
            id: 'packages',
            title: `Install ${packages.join(', ')}`,
            called: `installing ${packages.join(', ')}`,
            command: installProgram(packages),
          }),
        ]
      : []),
    ...snippets.map((snippet) =>
      runStep(bake, node, {
        id: `snippet-${snippet.id}`,
        title: `Snippet ${snippet.id}: ${snippet.title}`,
        called: `snippet ${snippet.id}`,
        command: snippetProgram(snippet),
      }),
    ),
    ...(script
      ? [
          {
            id: 'write-script',
            title: `Copy ${script.name} into ${name}`,
            kind: 'guest.write-file',
            args: {
              node,
              vmid: ref('vmid'),
              source: script.path,
              size: script.size,
              modifiedMillis: script.modifiedMillis,
              destination,
              mode: '0700',
              temporary: text`${destination}.part`,
              direct: false,
            },
          } satisfies Step,
          runStep(bake, node, {
            id: 'script',
            title: `Run ${script.name}`,
            called: script.name,
            command: fileProgram(destination),
          }),
        ]
      : []),
  ];
}
