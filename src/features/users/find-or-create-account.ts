import type { Account, FindOrCreateAccount } from '../../auth/viewer.ts';
import { accountOf, createAccount } from './account-store.ts';

/** The account of a token's identity; made at first sight, once however many requests arrive together. */
export function findOrCreateAccount(options: {
  requireApproval: boolean;
  now: () => Date;
}): FindOrCreateAccount {
  const { requireApproval, now } = options;
  return async (db, { issuer, subject, profile }, admit): Promise<Account> => {
    let account = await accountOf(db, { issuer, subject });
    if (account) return account;
    await admit?.();
    for (;;) {
      account =
        (await createAccount(db, {
          issuer,
          subject,
          username: profile.username,
          displayName: displayName(profile.name),
          email: profile.email,
          emailVerified: profile.emailVerified,
          status: requireApproval ? 'PENDING' : 'ACTIVE',
          createdAt: now(),
        })) ?? (await accountOf(db, { issuer, subject }));
      if (account) return account;
    }
  };
}

/** The `name` claim as a display name: what the rules would refuse is left out or cut off. */
function displayName(name: string | null): string | null {
  const clean = [
    ...(name ?? '')
      .replace(/\p{Cc}/gu, '')
      .toWellFormed()
      .trim(),
  ]
    .slice(0, 100)
    .join('')
    .trim();
  return clean === '' ? null : clean;
}
