/** OAuth scopes and what each allows: domain rule 5. `public:read` is always there. */
export const scopes = [
  'public:read',
  'profile',
  'profile:read_private',
  'profile:modify',
  'contacts:read',
  'contacts:modify',
  'private:read',
  'private:modify',
  'public:modify',
  'interactions',
  'notifications',
  'rooms',
] as const;
export type Scope = (typeof scopes)[number];

/** What a provider's token without a `scope` claim may do: read, and edit nothing. */
export const readingScopes: readonly Scope[] = [
  'public:read',
  'profile',
  'profile:read_private',
  'contacts:read',
  'private:read',
];

/** The known scopes in a `scope` claim (separated by spaces, RFC 8693 § 4.2); unknown ones mean nothing here. */
export function parseScopes(claim: string): Scope[] {
  const asked = new Set(claim.split(' '));
  return scopes.filter((scope) => scope === 'public:read' || asked.has(scope));
}
