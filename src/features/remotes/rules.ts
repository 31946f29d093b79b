import type { RemoteProvider } from './table.ts';

/** Where people of a provider that has but one server are. */
const hosts: Partial<Record<RemoteProvider, string>> = {
  PRONOUNS_CC: 'pronouns.cc',
  QURAN_FOUNDATION: 'quran.foundation',
};

/** Who somebody of another system is there. */
export interface RemoteIdentity {
  provider: RemoteProvider;
  /** Which of the provider's servers: its host; "" where there is but one. */
  instance: string;
  externalId: string;
}

/**
 * The usernames to try for somebody of another system, in order: their name there, an @ that keeps it apart from all that
 * people here can take, and where that is; then the same with -2, -3, ….
 * @param name what they are called there; one with its host, as diaspora* has them, is kept as it is.
 */
export function* remoteUsernames(
  { provider, instance, externalId }: RemoteIdentity,
  name: string | null,
): Generator<string, never> {
  const [local = '', own = ''] = (name ?? '').split('@');
  const clean = (text: string, allowed: RegExp) => text.slice(0, 200).replace(allowed, '').slice(0, 64);
  const named = clean(local, /[^A-Za-z0-9_.-]/g);
  const base = named || clean(externalId, /[^A-Za-z0-9_.-]/g) || 'user';
  const host = clean(own, /[^A-Za-z0-9.:-]/g) || instance || hosts[provider] || provider.toLowerCase();
  yield `${base}@${host}`;
  for (let n = 2; ; n++) yield `${base}-${n}@${host}`;
}

/** Whether somebody may be looked up by it: a username of here, or one of another system. */
export function isUsernameAnywhere(text: string): boolean {
  return /^[A-Za-z0-9_.-]{1,64}(@[A-Za-z0-9.:-]{1,255})?$/.test(text);
}
