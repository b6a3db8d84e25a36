import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createFakeHost, runCommand } from '@pmx-cli/kit/testing';

import Hello from '../commands/hello.js';

test('greets', async () => {
  assert.equal((await runCommand(Hello, ['Ann'])).stdout, 'Hello, Ann!\n');
  assert.deepEqual((await runCommand(Hello, ['--json', '--loud'])).json, {
    greeting: 'HELLO, WORLD!',
  });
});

test('as the setting says', async () => {
  const host = createFakeHost({ pluginSettings: { 'hello.greeting': 'Hi' } });
  assert.equal((await runCommand(Hello, ['Ann'], { host })).stdout, 'Hi, Ann!\n');
});
