import { setTimeout as sleep } from 'node:timers/promises';

const vmPath = '/nodes/*/qemu/**';
const lostWorker = ['--action', 'worker-lost', '--probability', '0.2', '--path'];

/** Things that go wrong for a while; each hits only some of the requests. */
const rules = [
  ['--action', 'reset', '--path', '/nodes/**', '--probability', '0.05'],
  ['--action', 'reset', '--after', '--method', 'POST', '--path', vmPath, '--probability', '0.2'],
  ['--action', 'reset', '--after', '--method', 'DELETE', '--path', vmPath, '--probability', '0.2'],
  ['--action', 'delay', '--seconds', '0.5', '--path', '/nodes/**', '--probability', '0.2'],
  ['--action', 'status', '--status', '596', '--after', '--path', vmPath, '--probability', '0.1'],
  ['--action', 'status', '--status', '503', '--path', '/cluster/**', '--probability', '0.1'],
  [
    '--action',
    'task-fail',
    '--percent',
    '50',
    '--message',
    'disk is broken',
    '--path',
    '/nodes/**',
    '--probability',
    '0.2',
  ],
  ['--action', 'task-warn', '--message', 'disk is slow', '--path', vmPath, '--probability', '0.3'],
  [
    '--action',
    'lock-held',
    '--seconds',
    '0.8',
    '--path',
    '/nodes/*/qemu/*/**',
    '--probability',
    '0.1',
  ],
  ['--action', 'slow-body', '--seconds', '0.5', '--path', '/nodes/**', '--probability', '0.1'],
  [...lostWorker, '/nodes/*/*/*/status/*'],
  [...lostWorker, '/nodes/*/*/*/snapshot'],
  [...lostWorker, '/nodes/*/vzdump'],
  [...lostWorker, '/nodes/*/*/*/migrate'],
  [...lostWorker, '/nodes/*/*/*'],
  // What it was to make stays locked for ever, so not often.
  ['--action', 'worker-lost', '--times', '1', '--path', '/nodes/*/qemu/*/clone'],
  ['--action', 'storage-full', '--storage', 'local', '--bytes', '1000000'],
];

/** Switches faults on and off until told to stop. */
export async function trouble(home, roll, isOver) {
  let count = 0;
  while (!isOver()) {
    for (const id of ['one', 'other']) {
      await home.json('sandbox', 'fault', 'add', '--id', id, ...roll.pick(rules));
      count++;
    }
    for (let waited = 0; waited < 15 && !isOver(); waited++) await sleep(100);
    await home.json('sandbox', 'fault', 'clear');
    for (let waited = 0; waited < 5 && !isOver(); waited++) await sleep(100);
  }
  return count;
}
