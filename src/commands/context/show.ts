import { Args } from '@oclif/core';
import { type ContextRecord, ShowCommand } from '@pmx-cli/kit';
import { RequestError } from '@pmx-cli/kit/errors';

interface ContextDetails extends ContextRecord {
  name: string;
  current: boolean;
  secretStored: boolean;
}

export default class ContextShow extends ShowCommand<ContextDetails> {
  static override summary = 'Show a context, without its secret.';
  static override examples = [
    '<%= config.bin %> context show',
    '<%= config.bin %> context show lab --json',
  ];
  static override args = {
    name: Args.string({
      description: 'Context; the current one when left out.',
      ignoreStdin: true,
    }),
  };

  protected override async show(): Promise<ContextDetails> {
    const { contexts } = this.session;
    const current = await contexts.current();
    const name = this.argsOf(ContextShow).name ?? current;
    if (name === undefined) {
      throw new RequestError({
        code: 'PMX_NO_CONTEXT',
        message: 'There is no current context to show.',
        hints: ['pmx context list shows those there are.'],
      });
    }
    return {
      name,
      current: name === current,
      ...hideHeaders(await contexts.get(name)),
      secretStored: await contexts.hasSecret(name),
    };
  }

  protected override view(context: ContextDetails): void {
    this.output.fields([
      ['Name', `${context.name}${context.current ? ' (current)' : ''}`],
      ['Endpoint', context.endpoint],
      ['Identity', context.tokenId ?? context.user],
      ['Secret', context.secretStored ? 'stored' : 'not stored'],
      ['Fingerprint', context.fingerprint],
      ['CA file', context.caFile],
      ['Insecure', context.insecure ? 'yes' : undefined],
      ['Default node', context.node],
      ['Default storage', context.storage],
      ['Default bridge', context.bridge],
      ['Default pool', context.pool],
      ['VMIDs', context.vmids],
      ['Tags', context.tags?.join(', ')],
      ['Further endpoints', context.endpoints?.join(', ')],
      ['Proxy', context.proxy],
      ['Headers', context.headers && Object.keys(context.headers).join(', ')],
      ['Read-only', context.readOnly ? 'yes' : undefined],
      ['Confirm', context.confirm],
      ['Secret command', context.secretCommand?.[0]],
    ]);
  }
}

/** They may open a gateway. */
function hideHeaders(record: ContextRecord): ContextRecord {
  if (!record.headers) return record;
  const names = Object.keys(record.headers);
  return { ...record, headers: Object.fromEntries(names.map((name) => [name, '[hidden]'])) };
}
