import { join } from 'node:path';

import { type Column, ListCommand } from '@pmx-cli/kit';
import { Flags } from '@oclif/core';

import type { AuditEntry } from '../../lib/audit/index.js';

interface AuditRow {
  seq: number;
  time: string;
  user: string;
  identity?: string;
  endpoint?: string;
  command: string;
  requestId: string;
  event: string;
  what: string;
  upid?: string;
}

export default class AuditList extends ListCommand<AuditRow> {
  static override summary = 'List every change that pmx made from this machine, oldest first.';
  static override description =
    'Each write is there twice: before it was sent, and when it was answered. Only names of parameters are kept, never values. PMX_AUDIT=off turns the log off, PMX_AUDIT_SYSLOG=udp://HOST:514 sends a copy.';
  static override examples = [
    '<%= config.bin %> audit list',
    "<%= config.bin %> audit list --filter 'event=refused' --json",
  ];
  static override flags = {
    limit: Flags.integer({
      description: 'The newest so many.',
      default: 200,
      min: 1,
      max: 1_000_000,
    }),
  };

  protected readonly whenEmpty = 'No changes yet.';
  protected readonly columns: ReadonlyArray<Column<AuditRow>> = [
    { header: 'seq', value: (row) => row.seq, align: 'right' },
    { header: 'time', value: (row) => row.time.slice(0, 19).replace('T', ' ') },
    { header: 'user', value: (row) => row.user },
    { header: 'identity', value: (row) => row.identity },
    { header: 'endpoint', value: (row) => row.endpoint, wide: true },
    { header: 'command', value: (row) => row.command },
    { header: 'event', value: (row) => row.event },
    { header: 'what', value: (row) => row.what },
    { header: 'upid', value: (row) => row.upid, wide: true },
    { header: 'request', key: 'requestId', value: (row) => row.requestId, wide: true },
  ];

  protected override async list(): Promise<AuditRow[]> {
    const { limit } = this.flagsOf(AuditList);
    const { auditLines } = await import('../../lib/audit/index.js');
    const rows: AuditRow[] = [];
    for (const { entry } of auditLines(join(this.session.paths.state, 'audit'))) {
      if (entry) rows.push(rowOf(entry));
      if (rows.length > limit * 2) rows.splice(0, rows.length - limit);
    }
    return rows.slice(-limit);
  }
}

function rowOf({ seq, time, actor, identity, endpoint, what }: AuditEntry): AuditRow {
  return {
    seq,
    time,
    user: actor.user,
    ...(identity !== undefined && { identity }),
    ...(endpoint !== undefined && { endpoint }),
    command: actor.command,
    requestId: actor.request,
    event: what.event,
    what: textOf(what),
    ...('upid' in what && what.upid !== undefined && { upid: what.upid }),
  };
}

function textOf(what: AuditEntry['what']): string {
  switch (what.event) {
    case 'begun':
    case 'continued':
      return `${what.kind} ${what.target} (${what.operation})`;
    case 'ended':
      return `${what.status} (${what.operation})`;
    case 'sent':
      return `${what.method} ${what.path}${what.parameters.length > 0 ? ` ${what.parameters.join(',')}` : ''}`;
    case 'answered':
      return `entry ${what.sent}`;
    default:
      return `entry ${what.sent}: ${what.message}`;
  }
}
