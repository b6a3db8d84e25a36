/** One thing that a document can say. Checks, comparison, JSON Schema and docs come from these rows. */
export interface Field {
  type: 'text' | 'integer' | 'boolean' | 'memory' | 'choice' | 'list' | 'object' | 'table';
  description: string;
  example: unknown;
  choices?: readonly string[];
  min?: number;
  max?: number;
  pattern?: RegExp;
  /** What `pattern` or the names of a table want, in words: "it must …". */
  rule?: string;
  /** Option of the guest's configuration that it becomes. */
  option?: string;
  /** What Proxmox VE takes when the option is not set. */
  byDefault?: string | number;
  /** Counts when the guest is made; later only a new guest could have another value. */
  replace?: boolean;
  /** Counts when the guest is made and is not compared afterwards. */
  making?: boolean;
  /** `null` takes it out. */
  nullable?: boolean;
  /** Of an object, or of each entry of a table. */
  fields?: Fields;
  /** Of a table: what its keys look like. */
  keys?: RegExp;
  /** Entries of a table may also be one text. */
  short?: string;
}

export type Fields = Readonly<Record<string, Field>>;

/** What a value has to be: "it must be a whole number from 1 to 8". */
export function ruleOf(field: Field): string {
  if (field.rule !== undefined) return field.rule;
  switch (field.type) {
    case 'integer':
      return `it must be a whole number from ${field.min} to ${field.max}`;
    case 'boolean':
      return 'it must be true or false';
    case 'memory':
      return 'it must be MiB, or a number with M or G, at least 16 MiB';
    case 'choice':
      return `it must be one of ${field.choices!.join(', ')}`;
    case 'list':
      return 'it must be a list of texts';
    case 'object':
    case 'table':
      return `it must be a mapping${field.short === undefined ? '' : ` or ${field.short}`}`;
    case 'text':
      return 'it must be a text';
  }
}
