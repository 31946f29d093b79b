// What came of all that was asked, so that nobody takes a server that refuses everything for a good one.
import type { GraphQLObjectType } from 'graphql';
import { isObject } from './answer-check.ts';
import { type Heard, jsonOf } from './oracle.ts';

/** What is asked: an operation, one with something wrong in it, or a request of another form. */
export type Kind = 'query' | 'mutation' | 'spoiled' | 'request';

const none = () => ({ asked: 0, valid: 0, answered: 0, withoutErrors: 0 });

export class Tally {
  /** How many were asked, were valid, were answered with data, and were so without any error. */
  readonly counts = { query: none(), mutation: none(), spoiled: none(), request: none() };
  /** Names of types of which a field came, and `Type.field` of all fields that did. */
  readonly types = new Set<string>();
  readonly fields = new Set<string>();
  /** Names of the payloads of mutations that did something: one that was refused has nothing but why. */
  readonly done = new Set<string>();
  readonly codes = new Map<string, number>();

  /** Notes an answer. */
  heard(kind: Kind, valid: boolean, heard: Heard): void {
    const count = this.counts[kind];
    const body = jsonOf(heard);
    count.asked++;
    if (valid) count.valid++;
    if (isObject(body?.data)) count.answered++;
    if (isObject(body?.data) && body?.errors === undefined) count.withoutErrors++;
    for (const error of Array.isArray(body?.errors) ? body.errors : []) {
      const code = String(error?.extensions?.code);
      this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    }
  }

  /** Notes a field of an object that is not null. */
  reached(type: GraphQLObjectType, field: string): void {
    this.types.add(type.name);
    this.fields.add(`${type.name}.${field}`);
    if (type.name.endsWith('Payload') && !['userErrors', '__typename'].includes(field))
      this.done.add(type.name);
  }

  toString(): string {
    return JSON.stringify({ ...this.counts, codes: Object.fromEntries(this.codes) });
  }
}
