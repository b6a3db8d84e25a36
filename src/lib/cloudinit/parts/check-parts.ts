import { isPmxError } from '@pmx-cli/kit/errors';

import type { CheckedFile, CheckedPart } from '../check.js';
import { faultOf } from '../check.js';
import type { Fault } from '../schema/faults.js';
import { schemaRelease } from '../schema/load.js';
import { guessKind, type UserDataKind } from '../user-data.js';
import { archiveParts } from './archive.js';
import { lookAtJinja } from './jinja.js';
import { mimeParts } from './mime.js';
import { type FoundPart, knownTypes, type PartKind, partFault } from './part.js';

type Checked = Pick<CheckedFile, 'schema' | 'faults' | 'parts'>;
type Hold = (text: string) => Promise<Pick<CheckedFile, 'schema' | 'faults'>>;

/** Parts within parts within parts: nobody means that. */
const deepest = 4;

/**
 * Looks into user-data that cloud-init takes apart or fills in. Lines of faults are lines of the file.
 * @param hold checks a text as cloud-config
 */
export async function checkInside(
  kind: UserDataKind | PartKind,
  text: string,
  source: string,
  hold: Hold,
  depth = 0,
): Promise<Checked> {
  if (kind === 'cloud-config') return held(text, source, hold);
  if (kind === 'jinja') return jinja(text, source, hold);
  const found =
    kind === 'mime-multipart'
      ? mimeParts(text)
      : kind === 'cloud-config-archive'
        ? await archiveParts(text, source)
        : undefined;
  if (!found || depth >= deepest) return { schema: null, faults: [] };
  const faults = [...found.faults];
  const parts: CheckedPart[] = [];
  const handled = found.parts.some((part) => part.kind === 'part-handler');
  let schema: string | null = null;
  for (const [index, part] of found.parts.entries()) {
    parts.push({ kind: part.kind ?? null, type: part.type, line: part.line });
    const checked = await onePart(part, source, hold, depth, handled);
    schema ??= checked.schema;
    const name = `part ${index + 1}`;
    faults.push(
      ...checked.faults.map((fault) => ({
        ...inFile(fault, part),
        path: fault.path === '' ? `${name}:` : `${name}: ${fault.path}`,
      })),
    );
  }
  return { schema, faults: byLine(faults), parts };
}

async function onePart(
  part: FoundPart,
  source: string,
  hold: Hold,
  depth: number,
  handled: boolean,
): Promise<Checked> {
  const { kind, text, line, type } = part;
  const nothing: Checked = { schema: null, faults: [] };
  if (kind === undefined) {
    // A part-handler says itself which types it takes.
    if (handled && type !== '' && type !== 'text/plain') return nothing;
    const what =
      type === '' || type === 'text/plain'
        ? 'has no type and no first line that says what it is'
        : `is of type ${type}, which cloud-init does not know`;
    const remedy = `It knows: ${knownTypes.join(', ')}`;
    return {
      schema: null,
      faults: [partFault('warning', line, `${what}: it leaves it out`, remedy)],
    };
  }
  if (kind === 'script' && !text.trimStart().startsWith('#!'))
    return {
      schema: null,
      faults: [
        partFault(
          'error',
          line,
          'is a script whose first line does not begin with #!',
          'For example: #!/bin/sh',
        ),
      ],
    };
  try {
    return await checkInside(kind, text, source, hold, depth + 1);
  } catch (error) {
    return { schema: null, faults: [refusal(error, source)] };
  }
}

async function held(text: string, source: string, hold: Hold): Promise<Checked> {
  try {
    return await hold(text);
  } catch (error) {
    return { schema: schemaRelease, faults: [refusal(error, source)] };
  }
}

function refusal(error: unknown, source: string): Fault {
  if (!isPmxError(error) || !error.code.startsWith('PMX_CLOUDINIT_')) throw error;
  return faultOf(error, source);
}

/** What was encoded has lines of its own: the fault stands where the part begins. */
function inFile(fault: Fault, { exact, line }: FoundPart): Fault {
  if (exact) return fault;
  const own = fault.line === null ? '' : ` (line ${fault.line} of the part)`;
  return {
    ...fault,
    line,
    column: 1,
    message: `${fault.message.replace(/ at line \d+, column \d+/, '')}${own}`,
    remedy: fault.remedy?.startsWith('Look at the place') ? null : fault.remedy,
  };
}

/** Nothing is rendered: its blocks must be whole, and what can be told without values is held against the schema. */
async function jinja(text: string, source: string, hold: Hold): Promise<Checked> {
  const look = lookAtJinja(text);
  const body = text.replace(/^\s*## template: jinja[^\n]*\n/i, '');
  if (look.faults.length > 0 || guessKind(body) !== 'cloud-config')
    return { schema: null, faults: look.faults };
  const seen = new Map<string, Fault>();
  for (const variant of look.variants)
    for (const fault of (await held(variant, source, hold)).faults)
      // What a value will be is not known here; which keys there are is.
      if (
        fault.rule === 'additionalProperties' ||
        fault.line === null ||
        !look.filled.has(fault.line)
      )
        seen.set(`${fault.line}:${fault.column} ${fault.message}`, fault);
  return { schema: schemaRelease, faults: byLine([...seen.values()]) };
}

function byLine(faults: readonly Fault[]): Fault[] {
  return faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
}
