// The page of one command: pmx-vm-create(1).
import { changeFlags, globalFlags, listFlags, targetFlags } from '@pmx-cli/kit';

import { bold, entry, italic, list, literal, prose, reference, text } from './roff.js';

/** Told once, in pmx(1). */
export const shared = {
  'FLAGS OF EVERY COMMAND': globalFlags,
  'FLAGS OF LISTS': listFlags,
  'FLAGS OF CHANGES': changeFlags,
  'FLAGS OF COMMANDS FOR SEVERAL GUESTS': targetFlags,
};

/** Two more than these, and what is found beside a command is no help any more. */
const mostSiblings = 8;

export const pageName = ({ words }) => ['pmx', ...words].join('-');

/** `-l, --selector KEY=VALUE,…` */
export function flagTerm({ name, char, type, helpValue, options, allowNo }) {
  const spelling = allowNo ? `--[no-]${name}` : `--${name}`;
  const value = type === 'option' ? ` ${italic(helpValue ?? options?.join('|') ?? 'VALUE')}` : '';
  return `${char ? `${bold(`-${char}`)}, ` : ''}${bold(spelling)}${value}`;
}

export function flagEntry(flag) {
  const { description = '', default: given, env, multiple, required, options, helpValue } = flag;
  const facts = [
    ...(options && helpValue ? [`One of ${options.join(', ')}.`] : []),
    ...(given === undefined || given === false || given === true ? [] : [`Default: ${given}.`]),
    ...(required ? ['Required.'] : []),
    ...(multiple ? ['May be given several times.'] : []),
    ...(env ? [`Variable: ${env}.`] : []),
  ].filter((fact) => !description.includes(fact));
  return entry(flagTerm(flag), [description, ...facts].join(' '));
}

/** Flags that are told here, and the groups that pmx(1) tells. */
function flagsOf(command) {
  const own = [];
  const groups = new Set();
  for (const flag of Object.values(command.flags).filter(({ hidden }) => !hidden)) {
    const group = Object.entries(shared).find(
      ([, flags]) => flags[flag.name]?.description === flag.description,
    );
    if (group) groups.add(group[0]);
    else own.push(flag);
  }
  return { own, groups: Object.keys(shared).filter((name) => groups.has(name)) };
}

function synopsis({ words, args, strict, own, usage }) {
  const names = Object.values(args).map(({ name, required }) => {
    const word = `${name.toUpperCase()}${strict === false && !usage ? '…' : ''}`;
    return required ? italic(word) : `[${italic(word)}]`;
  });
  const needed = own.filter(({ required }) => required).map(flagTerm);
  const line =
    usage === ''
      ? [bold(['pmx', ...words].join(' ')), ...names, ...needed]
      : [text(`pmx ${usage}`)];
  return [[...line, ...(usage === '' ? [`[${italic('flags')}]`] : [])].join(' ')];
}

function flagGroups(own) {
  const groups = Map.groupBy(own, ({ helpGroup }) => helpGroup ?? '');
  return [...groups].flatMap(([name, flags]) => [
    ...(name === '' ? [] : [`.SS ${text(name)}`]),
    ...flags.flatMap(flagEntry),
  ]);
}

/** Commands beside it, and the same command of the other kind of guest. */
function related(command, commands) {
  const at = command.words.slice(0, -1).join(':');
  const beside = commands.filter(
    ({ words }) => at !== '' && words !== command.words && words.slice(0, -1).join(':') === at,
  );
  const twin = { vm: 'ct', ct: 'vm' }[command.words[0]];
  const same = commands.filter(
    ({ id }) => twin !== undefined && id === [twin, ...command.words.slice(1)].join(':'),
  );
  return [...(beside.length > mostSiblings ? [] : beside), ...same].map((other) =>
    reference(pageName(other), 1),
  );
}

export function commandPage(command, commands) {
  const { own, groups } = flagsOf(command);
  const args = Object.values(command.args).filter(({ description }) => description);
  return {
    name: pageName(command),
    section: 1,
    title: command.summary.replace(/\.$/, ''),
    parts: [
      ['SYNOPSIS', synopsis({ ...command, own })],
      ['DESCRIPTION', prose(command.description || command.summary)],
      [
        'OPTIONS',
        [
          ...args.flatMap(({ name, description, options }) =>
            entry(
              italic(name.toUpperCase()),
              options ? `${description} One of ${options.join(', ')}.` : description,
            ),
          ),
          ...flagGroups(own),
          ...(args.length + own.length > 0 ? ['.PP'] : []),
          `See ${reference('pmx', 1)}: ${text(groups.join(', ').toLowerCase())}.`,
        ],
      ],
      ['EXAMPLES', literal(command.examples)],
      ['EXIT STATUS', [`0: done. Other codes: ${reference('pmx-exit-codes', 7)}.`]],
      [
        'SEE ALSO',
        list([
          reference('pmx', 1),
          ...related(command, commands),
          reference('pmx-config', 5),
          reference('pmx-exit-codes', 7),
        ]),
      ],
    ],
  };
}
