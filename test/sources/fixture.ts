import { readFileSync } from 'node:fs';

/** A payload as its system documents it, anew each time. @param name such as `diaspora/posts`. */
export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, import.meta.url), 'utf8'));
}
