import type { ErrorEntry } from '../entry.js';

/** doctor, init, schedule, update. */
export const atThePrompt: readonly ErrorEntry[] = [
  {
    code: 'PMX_NO_ANSWER_IN_TIME',
    title: 'A look of pmx doctor took too long',
    meaning: 'What was asked has not answered in time. The other looks went on.',
    causes: ['The server is overloaded.', 'Something on the way swallows packets.'],
    remedies: [
      'Give it longer: pmx doctor --request-timeout 60',
      'See what the nodes are busy with: pmx top',
    ],
  },
];
