import { ShowCommand } from '@pmx-cli/kit';

export default class ConfigSchema extends ShowCommand<Record<string, unknown>> {
  static override summary = 'Print the JSON Schema of the configuration, for editors.';
  static override examples = ['<%= config.bin %> config schema > pmx.schema.json'];

  protected override async show(): Promise<Record<string, unknown>> {
    const { jsonSchema } = await import('../../lib/operations/config/read.js');
    return jsonSchema();
  }

  protected override view(schema: Record<string, unknown>): void {
    this.output.print(JSON.stringify(schema, undefined, 2));
  }
}
