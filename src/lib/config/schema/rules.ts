/** Shapes that settings and contexts share. */
export const nameRule = {
  pattern: /^[a-z0-9][\w.-]*$/i,
  rule: 'it must begin with a letter or digit and go on with letters, digits, . _ or -',
} as const;

export const tagRule = {
  pattern: /^[a-z0-9_][a-z0-9_.+-]*$/i,
  rule: 'it must be a list of tags of letters, digits, _ . + and -',
} as const;

const firstVmid = 100;
const lastVmid = 999_999_999;

export const vmidRangeRule = {
  pattern: /^\d{3,9}-\d{3,9}$/,
  rule: 'it must be a range of VMIDs like 100-199, the smaller one first',
  check: (text: string) => {
    const [first, last] = text.split('-').map(Number) as [number, number];
    return first >= firstVmid && last <= lastVmid && first <= last;
  },
} as const;

export const outputRule = {
  pattern: /^(?:table|wide|json|jsonl|yaml|csv|name|custom-columns=.+|jsonpath=.+)$/,
  rule: 'it must be one of table, wide, json, jsonl, yaml, csv, name, or custom-columns=… or jsonpath=…',
} as const;

export const syslogRule = {
  pattern: /^(?:udp|tcp):\/\/[^/]+\/?$/,
  rule: 'it must be udp://HOST[:PORT] or tcp://HOST[:PORT]',
} as const;

export const hostPatternRule = {
  pattern: /^[\w.:*[\]-]+$/,
  rule: 'it must map names or addresses of hosts, with * for any part of them, to a text',
} as const;

export const sizeRule = {
  pattern: /^(?:0|\d+(?:\.\d+)?[MGT])$/i,
  rule: 'it must be a number with M, G or T, or 0',
} as const;
