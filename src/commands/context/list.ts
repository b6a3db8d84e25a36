import { type Column, ListCommand } from '@pmx-cli/kit';

interface ContextRow {
  name: string;
  current: boolean;
  endpoint: string;
  identity: string | undefined;
  trust: string;
}

export default class ContextList extends ListCommand<ContextRow> {
  static override summary = 'List the contexts.';
  static override examples = ['<%= config.bin %> context list'];

  protected readonly whenEmpty =
    'No contexts. Add one: pmx context add NAME --host HOST --token-id USER@REALM!NAME';
  protected readonly columns: ReadonlyArray<Column<ContextRow>> = [
    { header: '', key: 'current', value: (row) => (row.current ? '*' : ' ') },
    { header: 'name', value: (row) => row.name },
    { header: 'endpoint', value: (row) => row.endpoint },
    { header: 'identity', value: (row) => row.identity },
    { header: 'certificate', key: 'trust', value: (row) => row.trust },
  ];

  protected override async list(): Promise<ContextRow[]> {
    const { contexts } = this.session;
    const current = await contexts.current();
    return Object.entries(await contexts.list()).map(([name, record]) => ({
      name,
      current: name === current,
      endpoint: record.endpoint,
      identity: record.tokenId ?? record.user,
      trust: record.fingerprint ? 'pinned' : record.insecure ? 'not verified' : 'verified',
    }));
  }
}
