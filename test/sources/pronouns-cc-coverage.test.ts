import { toFlag, toMember, toPerson } from '../../src/sources/pronouns-cc/mapping.ts';
import { flagsPayload, memberPayload, userPayload } from '../../src/sources/pronouns-cc/payloads.ts';
import { checkRows, type Example } from './coverage.ts';

const person: Example['records'] = (payload) => {
  const user = userPayload.safeParse(payload).data;
  return user ? { SourcePerson: toPerson(user) } : null;
};
const member: Example['records'] = (payload) => {
  const read = memberPayload.safeParse(payload).data;
  return read ? { SourceMember: toMember(read, []) } : null;
};
const flags: Example['records'] = (payload) => {
  const read = flagsPayload.safeParse(payload).data;
  return read ? { SourceFlag: read.map((flag) => toFlag(flag)) } : null;
};
const examples = new Map<string, Example>([
  ['User object', { fixture: 'pronouns-cc/user', records: person, like: 'Partial member object' }],
  ['Partial member object', { fixture: 'pronouns-cc/user', records: person, like: 'User object' }],
  [
    'Additional fields for the currently authenticated user',
    { fixture: 'pronouns-cc/self', records: person, like: 'User object' },
  ],
  ['Member object', { fixture: 'pronouns-cc/member', records: member }],
  ['Pride flag', { fixture: 'pronouns-cc/flags', records: flags }],
]);

checkRows('pronouns.cc', 'pronouns-cc', examples, ['custom_preferences', 'user.custom_preferences']);
