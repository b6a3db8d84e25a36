import { Flags } from '@oclif/core';

/** Which of the files a command is about. */
export const layerFlag = Flags.option({
  description: "Which file: the user's own, the project's, or the one of the whole system.",
  options: ['user', 'project', 'system'] as const,
  default: 'user',
});
