import { z } from 'zod';
import { clearable, text } from '../../graphql/validate.ts';

/** What flags are called and what they mean: domain rule 2. */
export const flagShape = z.object({ name: text(100), description: clearable(text(500)) });
