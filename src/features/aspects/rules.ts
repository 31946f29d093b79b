import { z } from 'zod';
import { line } from '../../graphql/validate.ts';

/** Most aspects of a person. */
export const maxAspects = 100;

/** Longest name of one, in characters. */
export const maxAspectName = 20;

/** What is unique of an aspect's name among its owner's: case does not tell aspects apart. */
export function aspectKey(name: string): string {
  return name.toLowerCase().normalize('NFC');
}

/** An aspect's name: domain rule 2. */
export const aspectShape = z.object({ name: line(maxAspectName) });
