import type { z } from 'zod';
import { SourceError } from './errors.ts';

const whole = /-?(?:0|[1-9]\d*)/y;
const number = /-?\d[\d.eE+-]*/y;
const quote = 0x22;
const backslash = 0x5c;

// Nobody's data has them for keys; what copies objects key by key takes them for something else.
const prototypeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads JSON. Integers beyond 2^53 become strings, as numbers would lose their last digits.
 * @throws SourceError `INVALID` for what is no JSON, is nested too deep, has too many values, or a key that objects have
 * by themselves.
 */
export function parseJson(text: string, limits: { depth: number; values: number }): unknown {
  const safe = withLongIntegersQuoted(text, limits);
  try {
    return JSON.parse(safe);
  } catch {
    // Its message quotes the text.
    throw new SourceError('INVALID', 'The source did not answer with JSON.');
  }
}

// Before it is parsed: a reviver could do all of this but depth, and takes ten seconds for the worst 10 MiB.
function withLongIntegersQuoted(text: string, limits: { depth: number; values: number }): string {
  let depth = 0;
  let values = 1;
  let done = 0;
  let quoted = '';
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = endOfString(text, at);
      refusePrototypeKey(text, at, end);
      at = end;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at);
      if (isLongInteger(text, at, end)) {
        quoted += `${text.slice(done, at)}"${text.slice(at, end)}"`;
        done = end;
      }
      at = end;
    } else {
      if (code === 0x5b || code === 0x7b) depth++;
      else if (code === 0x5d || code === 0x7d) depth--;
      if (code === 0x2c || code === 0x5b || code === 0x7b) values++;
      if (depth > limits.depth) throw new SourceError('INVALID', 'The source’s answer is nested too deep.');
      if (values > limits.values)
        throw new SourceError('INVALID', 'The source’s answer has too many values.');
      at++;
    }
  }
  return quoted + text.slice(done);
}

/** @returns where it goes on after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text.charCodeAt(before - 1) === backslash) before--;
    if ((end - before) % 2 === 0) return end + 1;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  number.lastIndex = start;
  return number.test(text) ? number.lastIndex : start + 1;
}

function isLongInteger(text: string, start: number, end: number): boolean {
  if (end - start < 16) return false;
  whole.lastIndex = start;
  return whole.test(text) && whole.lastIndex === end && !Number.isSafeInteger(Number(text.slice(start, end)));
}

// Each letter of a key may be written as \u and four digits.
const longestPrototypeKey = 'constructor'.length * 6 + 2;

function refusePrototypeKey(text: string, start: number, end: number): void {
  if (end - start > longestPrototypeKey || !isKey(text, end)) return;
  if (prototypeKeys.has(unescaped(text.slice(start, end))))
    throw new SourceError('INVALID', 'The source’s answer has a key that no answer has.');
}

const colon = /\s*:/y;

function isKey(text: string, end: number): boolean {
  colon.lastIndex = end;
  return colon.test(text);
}

function unescaped(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** @throws SourceError `INVALID` with the path of what the schema does not take. */
export function checked<P>(schema: z.ZodType<P>, value: unknown): P {
  const result = parsed(schema, value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw notDocumented(issue ? pathOf(issue) : [], result.error);
}

function parsed<P>(schema: z.ZodType<P>, value: unknown): z.ZodSafeParseResult<P> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    // A transformation that something unforeseen has thrown.
    throw notDocumented([], error);
  }
}

function notDocumented(path: readonly PropertyKey[], cause: unknown): SourceError {
  return new SourceError('INVALID', 'The source answered something else than it documents.', {
    path: path.map((key) => (typeof key === 'number' ? key : String(key).slice(0, longestKey))),
    cause,
  });
}

/** Keys may be the source’s own words. */
const longestKey = 100;

/** Of what fits none of several shapes, where the nearest of them does not. */
function pathOf(issue: z.core.$ZodIssue): PropertyKey[] {
  const within = issue.code === 'invalid_union' ? issue.errors.flat().map(pathOf) : [];
  const longest = within.reduce((best, path) => (path.length > best.length ? path : best), []);
  return [...issue.path, ...longest];
}
