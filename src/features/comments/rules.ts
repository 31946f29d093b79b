import { z } from 'zod';
import { text } from '../../graphql/validate.ts';

/** Most characters of a comment. */
export const maxComment = 65_535;

/** What a comment says: domain rule 2. */
export const commentShape = z.object({ body: text(maxComment) });
