import { kitVersion } from '@pmx-cli/kit';

/**
 * Files of a plugin that works: path → content. Plain JavaScript with its types in comments, so that
 * there is nothing to build and nothing to fetch.
 */
export function skeleton(name: string, noun: string): Record<string, string> {
  const fill = (text: string): string =>
    text.replaceAll('NOUN', noun).replaceAll('PACKAGE', name).trimStart();
  return {
    'package.json': `${JSON.stringify(packageJson(name, noun), undefined, 2)}\n`,
    'README.md': fill(readme),
    [`commands/${noun}/list.js`]: fill(list),
    [`commands/${noun}/show.js`]: fill(show),
    [`commands/${noun}/set.js`]: fill(set),
    'hooks/plan.js': fill(planHook),
    'hooks/completion.js': fill(completionHook),
    'lib/notes.js': fill(notes),
    'test/commands.test.js': fill(commandTest),
    'test/hooks.test.js': fill(hookTest),
  };
}

function packageJson(name: string, noun: string): object {
  return {
    name,
    version: '0.1.0',
    description: `Notes on VMs: pmx ${noun}`,
    type: 'module',
    files: ['commands', 'hooks', 'lib'],
    scripts: { test: 'node --test' },
    engines: { node: '>=22.20' },
    peerDependencies: { '@pmx-cli/kit': `^${kitVersion}` },
    oclif: {
      commands: './commands',
      topics: { [noun]: { description: 'Notes on VMs.' } },
      hooks: { 'pmx:plan': './hooks/plan.js', 'pmx:completion': './hooks/completion.js' },
    },
    pmx: {
      permissions: {
        'VM.Audit': 'lists VMs and reads their notes',
        'VM.Config.Options': 'writes notes',
      },
      settings: {
        keep: {
          type: 'string',
          description: 'Guests whose note is this word are never deleted.',
          example: 'keep',
          default: 'keep',
        },
      },
      completions: ['note'],
    },
  };
}

const readme = `
# PACKAGE

A plugin of pmx: \`pmx NOUN list\`, \`pmx NOUN show VM\`, \`pmx NOUN set VM NOTE\`. It stops changes that
delete a guest whose note is "keep" (\`pmx config set plugins.NOUN.keep WORD\`).

    npm test
    pmx plugins link .
    pmx NOUN list

To give it to others: \`npm pack\`, then \`pmx plugins install ./PACKAGE-0.1.0.tgz\`.
`;

const notes = `
// @ts-check

/** The note is the line of a guest's description that begins like this. */
const label = 'NOUN:';

/** @param {string | undefined} description */
export function noteIn(description = '') {
  const line = description.split('\\n').find((text) => text.startsWith(label));
  return line === undefined ? undefined : line.slice(label.length).trim();
}

/**
 * @param {string | undefined} description
 * @param {string} note
 */
export function withNote(description = '', note) {
  const others = description.split('\\n').filter((text) => text !== '' && !text.startsWith(label));
  return [...others, \`\${label} \${note}\`].join('\\n');
}
`;

const list = `
// @ts-check
import { ListCommand } from '@pmx-cli/kit';

import { noteIn } from '../../lib/notes.js';

/** @typedef {{ vmid: number, name: string, note: string }} Row */

/** @extends {ListCommand<Row>} */
export default class extends ListCommand {
  static summary = 'List VMs that have a note.';
  static examples = ['<%= config.bin %> NOUN list'];

  /** @type {ReadonlyArray<import('@pmx-cli/kit').Column<Row>>} */
  columns = [
    { header: 'VMID', key: 'vmid', value: ({ vmid }) => vmid, align: 'right' },
    { header: 'NAME', key: 'name', value: ({ name }) => name },
    { header: 'NOTE', key: 'note', value: ({ note }) => note },
  ];
  whenEmpty = 'No VM has a note.';

  async list() {
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const guests = (await inventory.guests()).filter(({ type }) => type === 'qemu');
    /** @type {Row[]} */
    const rows = [];
    for (const { vmid, name, node } of guests) {
      /** @type {{ description?: string }} */
      const config = await pve.get(\`/nodes/\${node}/qemu/\${vmid}/config\`);
      const note = noteIn(config.description);
      if (note !== undefined) rows.push({ vmid, name, note });
    }
    return rows;
  }
}
`;

const show = `
// @ts-check
import { args, ShowCommand } from '@pmx-cli/kit';

import { noteIn } from '../../lib/notes.js';

/** @typedef {{ vmid: number, name: string, note: string | null }} Note */

/** @extends {ShowCommand<Note>} */
export default class NoteShow extends ShowCommand {
  static summary = 'Show the note of a VM.';
  static examples = ['<%= config.bin %> NOUN show web-01'];
  static args = { vm: args.one('VM') };

  async show() {
    const { vm } = this.argsOf(NoteShow);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const [guest] = await inventory.resolveGuests([vm ?? ''], { type: 'qemu', noun: 'VM' });
    if (!guest) throw new Error('resolveGuests gives one guest or throws');
    const { vmid, name, node } = guest;
    /** @type {{ description?: string }} */
    const config = await pve.get(\`/nodes/\${node}/qemu/\${vmid}/config\`);
    return { vmid, name, note: noteIn(config.description) ?? null };
  }

  /** @param {Note} note */
  view({ vmid, name, note }) {
    this.output.fields([
      ['VM', \`\${vmid} (\${name})\`],
      ['Note', note ?? 'none'],
    ]);
  }
}
`;

const set = `
// @ts-check
import { Args, args, ChangeCommand, ref } from '@pmx-cli/kit';

import { withNote } from '../../lib/notes.js';

/** @typedef {{ vmid: number, note: string }} Change */

/** @extends {ChangeCommand<Change>} */
export default class NoteSet extends ChangeCommand {
  static summary = 'Write the note of a VM.';
  static examples = ['<%= config.bin %> NOUN set web-01 "belongs to Ann"'];
  static args = {
    vm: args.one('VM'),
    note: Args.string({ description: 'The note.', required: true, ignoreStdin: true }),
  };

  /** Reads only: what happens is in the steps, and pmx carries them out, or takes them back. */
  async plan() {
    const { vm, note } = this.argsOf(NoteSet);
    const [pve, inventory] = await Promise.all([this.pve(), this.inventory()]);
    const [guest] = await inventory.resolveGuests([vm ?? ''], { type: 'qemu', noun: 'VM' });
    if (!guest) throw new Error('resolveGuests gives one guest or throws');
    const { vmid, name, node } = guest;
    const path = \`/nodes/\${node}/qemu/\${vmid}\`;
    /** @type {{ description?: string }} */
    const config = await pve.get(\`\${path}/config\`);
    const change = {
      path,
      set: { description: withNote(config.description, note ?? '') },
      before: { description: config.description ?? null },
    };
    /** @type {import('@pmx-cli/kit').Plan} */
    const plan = {
      operation: 'NOUN.set',
      target: \`VM \${vmid} (\${name})\`,
      title: \`Write the note of VM \${vmid} (\${name})\`,
      variables: { after: null },
      steps: [
        {
          id: 'note',
          kind: 'pve.configure',
          title: \`Write "\${note}"\`,
          args: change,
          bind: { after: 'after' },
          undo: [
            {
              kind: 'pve.restore-config',
              title: 'Put the description back',
              args: { ...change, after: ref('after') },
            },
          ],
        },
      ],
      result: { vmid, note: note ?? '' },
    };
    return plan;
  }

  /** @param {Change} change */
  view({ vmid, note }) {
    this.output.print(\`VM \${vmid}: \${note}\`);
  }
}
`;

const planHook = `
// @ts-check
import { defineHook } from '@pmx-cli/kit';

import { noteIn } from '../lib/notes.js';
import pack from '../package.json' with { type: 'json' };

/** Asked before every change: nothing is deleted that somebody wants to keep. */
export default defineHook('pmx:plan', async ({ plan, session }) => {
  if (!/^(?:vm|guest)\\.delete$/.test(plan.operation)) return;
  const vmid = Number(/\\d+/.exec(plan.target)?.[0]);
  const { keep: declared } = pack.pmx.settings;
  const keep = await session.settings.ofPlugin(
    'NOUN',
    'keep',
    /** @type {import('@pmx-cli/kit').PluginSetting} */ (declared),
  );
  const [pve, inventory] = await Promise.all([session.pve(), session.inventory()]);
  const guest = (await inventory.guests()).find((each) => each.vmid === vmid);
  if (!guest) return;
  /** @type {{ description?: string }} */
  const config = await pve.get(\`/nodes/\${guest.node}/\${guest.type}/\${vmid}/config\`);
  if (noteIn(config.description) === keep)
    return { veto: \`the note of \${guest.name} says "\${keep}"\` };
});
`;

const completionHook = `
// @ts-check
import { defineHook } from '@pmx-cli/kit';

/** What could stand at the cursor for an argument called \`note\`. */
export default defineHook('pmx:completion', async ({ what, session }) => {
  if (what !== 'note') return [];
  const keep = await session.settings.ofPlugin('NOUN', 'keep');
  return [{ value: String(keep ?? 'keep'), description: 'Never delete this guest' }];
});
`;

const commandTest = `
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFakeHost, runCommand } from '@pmx-cli/kit/testing';

import List from '../commands/NOUN/list.js';
import Set from '../commands/NOUN/set.js';
import Show from '../commands/NOUN/show.js';

/** A pmx without a server: VM 101 has a note, VM 102 has none. */
const host = () =>
  createFakeHost({
    guests: [
      { vmid: 101, name: 'web-01' },
      { vmid: 102, name: 'web-02' },
    ],
    pve: {
      '/nodes/pve1/qemu/101/config': { description: 'A web server\\nNOUN: keep' },
      '/nodes/pve1/qemu/102/config': {},
    },
  });

test('lists VMs that have a note', async () => {
  const { json, exitCode } = await runCommand(List, ['--json'], { host: host() });
  assert.equal(exitCode, 0);
  assert.deepEqual(json, [{ vmid: 101, name: 'web-01', note: 'keep' }]);
});

test('shows a note, and that there is none', async () => {
  assert.match((await runCommand(Show, ['web-01'], { host: host() })).stdout, /keep/);
  assert.match((await runCommand(Show, ['102'], { host: host() })).stdout, /none/);
});

test('a VM that is not there is told', async () => {
  const { exitCode, stderr } = await runCommand(Show, ['web-09'], { host: host() });
  assert.equal(exitCode, 1);
  assert.match(stderr, /PMX_VM_NOT_FOUND/);
});

test('writes a note, and keeps what else the description says', async () => {
  const { plans } = await runCommand(Set, ['web-01', 'of Ann'], { host: host() });
  const [step] = plans[0].steps;
  assert.equal(step.args.set.description, 'A web server\\nNOUN: of Ann');
  assert.equal(step.undo.length, 1);
});

test('a dry run carries nothing out', async () => {
  const { plans, recording } = await runCommand(Set, ['web-02', 'new', '--dry-run'], { host: host() });
  assert.deepEqual(plans, []);
  assert.equal(recording.described.length, 1);
});
`;

const hookTest = `
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFakeHost } from '@pmx-cli/kit/testing';

import completion from '../hooks/completion.js';
import plan from '../hooks/plan.js';

const session = (pluginSettings = {}) =>
  createFakeHost({
    guests: [{ vmid: 101, name: 'web-01' }],
    pve: { '/nodes/pve1/qemu/101/config': { description: 'NOUN: keep' } },
    pluginSettings,
  }).open({ log: {}, 'no-color': true });

const about = (operation) => ({
  operation,
  target: 'VM 101 (web-01)',
  title: 'Something with VM 101',
  steps: [],
  result: null,
});

test('a VM with the note is not deleted', async () => {
  const asked = { command: 'vm:delete', dryRun: false };
  const answer = await plan({ ...asked, plan: about('vm.delete'), session: session() });
  assert.match(answer.veto, /web-01/);
  assert.equal(await plan({ ...asked, plan: about('vm.start'), session: session() }), undefined);
});

test('the word is a setting', async () => {
  const other = session({ 'NOUN.keep': 'precious' });
  const asked = { plan: about('vm.delete'), command: 'vm:delete', dryRun: true, session: other };
  assert.equal(await plan(asked), undefined);
});

test('completes a note', async () => {
  const [first] = await completion({ what: 'note', session: session() });
  assert.equal(first.value, 'keep');
});
`;
