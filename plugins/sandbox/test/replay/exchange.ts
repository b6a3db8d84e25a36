import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../helper.ts';

/** One request to a real PVE 9.2.11 server and what it answered. */
export interface Exchange {
  /** `<file>-<number>-<what>`, unique in its file. */
  name: string;
  method: string;
  /** Below /api2/json, unless it begins with /api2. */
  path: string;
  auth: 'none' | 'ticket' | 'token';
  params?: Record<string, unknown> | [string, string][];
  content_type?: string;
  /** Status code and reason phrase. */
  status: string;
  response_type?: string;
  /** The values of all Connection headers. */
  connection?: string[];
  response: Json;
}

const DIRECTORY = join(import.meta.dirname, '../fixtures/recordings');

/** Reads one recording. */
export function readRecording(file: string): Exchange[] {
  return readFileSync(join(DIRECTORY, `${file}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);
}
