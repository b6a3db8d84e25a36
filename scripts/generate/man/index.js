// All man pages, by the name of their file.
import { readFileSync } from 'node:fs';

import { commandPage } from './command.js';
import { configPage, exitCodesPage, overview, pluginsPage } from './pages.js';
import { page } from './roff.js';

/** Of the last change of these texts; set by hand. */
const date = '2026-11-26';

export function manPages(root, known) {
  const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const pages = [
    overview(known),
    ...known.commands.map((command) => commandPage(command, known.commands)),
    configPage(),
    exitCodesPage(),
    pluginsPage(known),
  ];
  return Object.fromEntries(
    pages.map((content) => [
      `${content.name}.${content.section}`,
      page({ ...content, date, version }),
    ]),
  );
}
