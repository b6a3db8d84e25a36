import type { Hook } from '@oclif/core';

import { commandNotFound } from '../../help/not-found.js';

const hook: Hook.CommandNotFound = async function ({ id, config }) {
  throw commandNotFound(id, config);
};

export default hook;
