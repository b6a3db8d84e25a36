import { createHash } from 'node:crypto';
import type { App } from '../app.js';
import { failure, PveError } from '../errors.js';
import type { SectionRow, State } from '../state/model.js';
import { define } from './declare.js';
import type { Behaviour, DeclaredRoutes } from './declare.js';
import type { Call, Route } from './types.js';

export type Rows = Record<string, SectionRow>;

/** A file of sections, such as rules.cfg: a list of records with an id each. */
export interface SectionFile {
  table: DeclaredRoutes;
  /** Where the list is. */
  path: string;
  /** The parameter with a record's id; it is the last part of a record's path. */
  id: string;
  /** What a record is, for descriptions. */
  noun: string;
  rows: (state: State) => Rows;
  /** PVE's words for a record that is not there, and for one that is there already. */
  missing: (id: string, call: Call) => string | PveError;
  exists: (id: string) => string | PveError;
  /** New records are made at their own path. */
  createdAtItsPath?: boolean;
  /** The id of a call, if it does not stand there as it is stored. */
  idOf?: (call: Call) => string;
  /** Refuses a new record or a change; may answer fields that come with it. */
  check?: (call: Call, id: string, old: SectionRow | undefined) => SectionRow | void;
  /** How a record is shown. */
  show?: (id: string, row: SectionRow, call: Call) => Record<string, unknown>;
  /** Does the caller see this one in the list? */
  visible?: (call: Call, id: string, row: SectionRow) => boolean;
  /** The list shows the digest with each record. */
  listsDigest?: boolean;
  /** What else goes with a record. */
  removed?: (call: Call, id: string) => void;
}

/** The records of a file that only the API looks at. */
export function sectionRows(name: string): SectionFile['rows'] {
  return (state) => ((state.sections ??= {})[name] ??= {});
}

/** The checksum of such a file, as PVE guards it against lost updates; that of nothing is the one of an empty file. */
export function sectionDigest(content: unknown): string {
  const empty =
    typeof content === 'object' && content !== null && Object.keys(content).length === 0;
  return createHash('sha1')
    .update(empty ? '' : JSON.stringify(content))
    .digest('hex');
}

/** Throws when a file is not any more what the caller has seen. */
export function checkSectionDigest(call: Call, content: unknown): void {
  const seen = call.params.optionalString('digest');
  if (seen !== undefined && seen !== '' && seen !== sectionDigest(content))
    throw failure('detected modified configuration - file changed by other user? Try again.');
}

/** Sets what the call gives and removes what it lists in `delete`. */
export function applyChanges(call: Call, row: SectionRow, except: readonly string[]): void {
  for (const [name, value] of call.params.all([...except, 'delete', 'digest', 'node']))
    row[name] = typeof value === 'object' ? [...value] : value;
  for (const name of deletions(call)) delete row[name];
}

function deletions({ params }: Call): readonly string[] {
  const repeated = params.array('delete');
  return repeated.length > 0 ? repeated : params.list('delete');
}

function refusal(reason: string | PveError): PveError {
  return reason instanceof PveError ? reason : failure(reason);
}

/** The routes for listing, reading, making, changing and removing the records of a file: as many of them as its table has. */
export function sectionRoutes(file: SectionFile): Route[] {
  const idOf = file.idOf ?? ((call: Call) => call.params.string(file.id));
  const show = file.show ?? ((id: string, row: SectionRow) => ({ [file.id]: id, ...row }));
  const rowsOf = ({ app }: { app: App }): Rows => file.rows(app.store.state);
  const digestOf = (call: Call): { digest: string } => ({ digest: sectionDigest(rowsOf(call)) });
  const rowOf = (call: Call): SectionRow => {
    const row = rowsOf(call)[idOf(call)];
    if (!row) throw refusal(file.missing(idOf(call), call));
    return row;
  };
  const item = `${file.path}/{${file.id}}`;
  const behaviours: Record<string, Behaviour> = {
    [`GET ${file.path}`]: [
      `List each ${file.noun}.`,
      (call) =>
        Object.entries(rowsOf(call))
          .filter(([id, row]) => file.visible?.(call, id, row) ?? true)
          .map(([id, row]) => ({
            ...show(id, row, call),
            ...(file.listsDigest ? digestOf(call) : {}),
          })),
    ],
    [`POST ${file.createdAtItsPath ? item : file.path}`]: [
      `Create a new ${file.noun}.`,
      (call) => {
        const id = idOf(call);
        if (rowsOf(call)[id]) throw refusal(file.exists(id));
        const row: SectionRow = {};
        const given = file.check?.(call, id, undefined);
        applyChanges(call, row, [file.id]);
        rowsOf(call)[id] = { ...row, ...given };
        call.app.store.touch();
        return null;
      },
    ],
    [`GET ${item}`]: [
      `Read one ${file.noun}.`,
      (call) => ({ ...show(idOf(call), rowOf(call), call), ...digestOf(call) }),
    ],
    [`PUT ${item}`]: [
      `Update a ${file.noun}.`,
      (call) => {
        const row = rowOf(call);
        checkSectionDigest(call, rowsOf(call));
        const given = file.check?.(call, idOf(call), row);
        applyChanges(call, row, [file.id]);
        Object.assign(row, given);
        call.app.store.touch();
        return null;
      },
    ],
    [`DELETE ${item}`]: [
      `Remove a ${file.noun}.`,
      (call) => {
        rowOf(call);
        delete rowsOf(call)[idOf(call)];
        file.removed?.(call, idOf(call));
        call.app.store.touch();
        return null;
      },
    ],
  };
  const present = Object.entries(behaviours).filter(([key]) => key in file.table);
  return define(file.table, Object.fromEntries(present));
}
