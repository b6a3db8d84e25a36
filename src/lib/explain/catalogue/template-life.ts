import type { ErrorEntry } from '../entry.js';

/** Building templates again and again, and keeping them. */
export const templateLife: readonly ErrorEntry[] = [
  {
    code: 'PMX_NOT_REFRESHABLE',
    title: 'Nobody says whether there is a newer image of this template',
    meaning:
      'template refresh asks the publisher that the catalogue names. This template has no distribution of the catalogue in its notes.',
    causes: [
      'It was made with --image, --url or --from-vm, by an older pmx, or by another tool.',
      'Somebody took the line pmx-template: out of its notes.',
    ],
    remedies: [
      'Make the next version yourself: pmx template create … --version auto',
      'List it with its image in a file: pmx template build -f templates.yaml',
      'With --all such templates are left out.',
    ],
  },
];
