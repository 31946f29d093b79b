import { expect, test } from 'vitest';
import { builtInPreferences } from '../../src/features/profile/preference-rules.ts';
import { toFlag, toMember, toPerson } from '../../src/sources/pronouns-cc/mapping.ts';
import { flagsPayload, memberPayload, userPayload } from '../../src/sources/pronouns-cc/payloads.ts';
import { expectReadOrRefused, expectSound, textsOf } from './garbage.ts';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

function check(record: unknown): void {
  expectSound(record);
  for (const [key, text] of textsOf(record)) {
    if (key === 'avatarUrl' || key === 'imageUrl') {
      expect(URL.parse(text)?.origin).toBe('https://cdn.pronouns.cc');
    }
    if (key === 'url') expect(URL.parse(text)?.origin).toBe('https://pronouns.cc');
    if (key === 'preference') expect(builtInPreferences.has(text) || uuid.test(text)).toBe(true);
  }
}

test.each(['user', 'self'])('A broken payload of a %s is read, or refused where it is broken', (name) => {
  const counts = expectReadOrRefused(`pronouns-cc/${name}`, userPayload, toPerson, check);
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(10);
});

test('A broken payload of a member is read, or refused where it is broken', () => {
  const counts = expectReadOrRefused(
    'pronouns-cc/member',
    memberPayload,
    (member) => toMember(member, []),
    check,
  );
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(10);
});

test('A broken payload of flags is read, or refused where it is broken', () => {
  const counts = expectReadOrRefused(
    'pronouns-cc/flags',
    flagsPayload,
    (flags) => flags.map((flag) => toFlag(flag)),
    check,
  );
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(10);
});
