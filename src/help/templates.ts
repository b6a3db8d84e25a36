import type { Interfaces } from '@oclif/core';
import { CommandHelp } from '@oclif/core/help';

type Render = (text: string) => string;

/**
 * Almost all texts are plain, or have the name of the program in them, for which oclif would compile
 * a template each.
 */
export function withoutTemplates(render: Render, { bin }: Interfaces.Config): Render {
  return (text) => {
    const plain = text.replaceAll('<%= config.bin %>', bin);
    return plain.includes('<%') ? render(text) : plain;
  };
}

export class PlainCommandHelp extends CommandHelp {
  constructor(...given: ConstructorParameters<typeof CommandHelp>) {
    super(...given);
    this.render = withoutTemplates(this.render, this.config);
  }
}
