import { z } from 'zod';
import { line, rule } from '../../graphql/validate.ts';
import { commonShape } from '../profile/rules.ts';

/** Longest name of a member, in characters. */
export const maxNameLength = 100;

/** What no member's name has in it: domain rule 2. */
const forbidden = /[@?!#/\\[\]"'$%&(){}+<=>^|~`,*]/;

/** What is unique of a member's name among its owner's: case does not tell members apart. */
export function memberKey(name: string): string {
  return name.toLowerCase().normalize('NFC');
}

/** Whether the text has the form of a member's short id. */
export function isMemberSid(text: string): boolean {
  return /^[a-z]{6}$/.test(text);
}

const memberName = rule(
  line(maxNameLength),
  (name) => !forbidden.test(name) && name !== '.' && name !== '..',
  'A member’s name is not . or .. and has none of @ ? ! # / \\ [ ] " \' $ % & ( ) { } + < = > ^ | ~ ` , *',
);

/** What `createMember` takes, and `updateMember` where the name may be left out. */
export const memberShape = z.object({
  ...commonShape,
  name: memberName,
  isUnlisted: z.boolean().optional(),
});
export const memberChangeShape = memberShape.partial({ name: true });
