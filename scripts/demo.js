// npm run demo: the main job against a sandbox, shown as the very command lines a user would type.
//   npm run demo -- --image FILE    with a real cloud image instead of a small made one
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { createEmptyQcow2 } from '../dist/lib/images/index.js';
import { root } from './setup.js';

const began = Date.now();
const { values } = parseArgs({ options: { image: { type: 'string' } } });
const home = mkdtempSync(join(tmpdir(), 'pmx-demo-'));
const env = { ...process.env, PMX_HOME: home };
for (const name of Object.keys(env)) {
  if (/^(PMX|PVE)_/.test(name) && name !== 'PMX_HOME') delete env[name];
}
delete env.NODE_ENV;

const say = (text) => process.stdout.write(`\n# ${text}\n`);

/** Runs pmx; shows the line and its output unless it is only read by the demo itself. */
function run(args, { quiet = false } = {}) {
  if (!quiet) process.stdout.write(`$ pmx ${args.map(quote).join(' ')}\n`);
  return new Promise((settle, fail) => {
    const child = spawn(process.execPath, [join(root, 'bin', 'run.js'), ...args], {
      cwd: home,
      env,
      stdio: ['inherit', quiet ? 'pipe' : 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.on('error', fail);
    child.on('close', (code) =>
      code === 0 ? settle(output) : fail(new Error(`pmx ${args.join(' ')} ended with ${code}`)),
    );
  });
}

function quote(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`;
}

/** What the server holds: guests, templates and every volume. Times of creation do not matter. */
async function inventory() {
  const read = async (...args) => JSON.parse(await run([...args, '--json'], { quiet: true }));
  const guests = [...(await read('vm', 'list')), ...(await read('template', 'list'))];
  const volumes = [];
  for (const { storage, node } of await read('storage', 'list')) {
    volumes.push(...(await read('storage', 'content', storage, '--node', node)));
  }
  return {
    guests: guests.map(({ vmid, name }) => `${vmid} ${name}`),
    volumes: volumes.map(({ volid }) => volid),
  };
}

async function demo() {
  let image = values.image && resolve(process.env.INIT_CWD ?? process.cwd(), values.image);
  say('A Proxmox VE API on this machine, with a configuration of its own.');
  await run(['sandbox', 'start', '--detach']);
  const before = await inventory();

  if (image === undefined) {
    image = join(home, 'tiny.qcow2');
    await createEmptyQcow2(image, 2 * 2 ** 30);
    say(
      'No --image was given: using a small valid qcow2 of 2 GiB made just now (nothing to boot in it).',
    );
  }
  writeFileSync(
    join(home, 'web.yaml'),
    '#cloud-config\npackage_update: false\nwrite_files:\n  - path: /etc/motd\n    content: made by pmx\n',
  );

  say('Image → template. First what would happen, then for real.');
  await run([
    'template',
    'create',
    '--image',
    image,
    '--name',
    'demo-template',
    '--tags',
    'demo',
    '--dry-run',
  ]);
  await run(['template', 'create', '--image', image, '--name', 'demo-template', '--tags', 'demo']);
  await run(['template', 'list']);

  say("Template → VMs: one on Proxmox VE's own cloud-init drive, one with own user-data.");
  await run([
    'vm',
    'create',
    'web-01',
    '--template',
    'demo-template',
    '--memory',
    '1G',
    '--disk',
    '+1G',
    '--user',
    'admin',
    '--ip',
    '10.0.0.5/24,gw=10.0.0.1',
    '--wait',
    'ip',
  ]);
  await run([
    'vm',
    'create',
    'web-02',
    '--template',
    'demo-template',
    '--user-data',
    'web.yaml',
    '--start',
  ]);
  await run(['vm', 'list']);
  await run(['vm', 'show', 'web-02']);
  await run(['storage', 'content', 'local']);

  say('Gone without a trace.');
  await run(['vm', 'delete', 'web-01', 'web-02', '--stop', '--yes']);
  await run(['template', 'delete', 'demo-template', '--yes']);
  await run(['op', 'list']);

  const after = await inventory();
  const same = JSON.stringify(before) === JSON.stringify(after);
  say(
    `Before: ${before.guests.length} guests, ${before.volumes.length} volumes. After: ${after.guests.length} guests, ${after.volumes.length} volumes. ${same ? 'Nothing is left.' : 'SOMETHING IS LEFT:'}`,
  );
  if (!same) throw new Error(JSON.stringify({ before, after }, undefined, 2));
}

let failure;
try {
  await demo();
} catch (error) {
  failure = error;
} finally {
  await run(['sandbox', 'stop']).catch((error) => (failure ??= error));
  rmSync(home, { recursive: true, force: true });
}
const seconds = ((Date.now() - began) / 1000).toFixed(1);
if (failure) {
  process.stderr.write(`\nThe demo failed after ${seconds} s: ${failure.message}\n`);
  process.exitCode = 1;
} else {
  say(`Done in ${seconds} s.`);
}
