import type { Output } from '@pmx-cli/kit';

import type { Progress } from './types.js';

/** One line a step, for logs and pipes. */
export function plainProgress(output: Output): Progress {
  const titles = new Map<string, string>();
  const began = new Map<string, number>();
  const seconds = (id: string): string =>
    `${((Date.now() - (began.get(id) ?? Date.now())) / 1000).toFixed(1)} s`;
  return {
    listener(event) {
      switch (event.type) {
        case 'begun':
        case 'undo-begun':
          for (const { id, title } of event.steps) titles.set(id, title);
          if (event.type === 'undo-begun') output.note('Taking back:');
          break;
        case 'step-started':
          began.set(event.id, Date.now());
          break;
        case 'step-done':
          output.note(`✓ ${titles.get(event.id)} (${seconds(event.id)})`);
          break;
        case 'step-failed':
          output.note(`✗ ${titles.get(event.id)}: ${event.message}`);
          break;
        case 'step-progress':
        case 'step-warning':
        case 'ended':
          break;
      }
    },
    end: async () => {},
  };
}
