// What each of the programs is told, and how it answers.
import { readFileSync } from 'node:fs';

function told(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing.`);
  return value;
}

/** The endpoint. */
export const url = told('KITH_URL');

/** The headers of whom the program is for. */
export const headers = { authorization: `Bearer ${told('KITH_TOKEN')}` };

/** The headers of somebody else. */
export const otherHeaders = { authorization: `Bearer ${told('KITH_OTHER_TOKEN')}` };

/** Whom the program looks at: a username. */
export const whom = told('KITH_WHOM');

/** A picture to send. */
export const picture = () =>
  new File([readFileSync(told('KITH_PICTURE'))], 'portrait.png', { type: 'image/png' });

/** How many requests `countedFetch` has sent. */
export const requests = { sent: 0 };

export const countedFetch: typeof fetch = (input, init) => {
  requests.sent++;
  return fetch(input, init);
};

/** Prints what the program has found out, as JSON. */
export function tell(found: object): void {
  process.stdout.write(`${JSON.stringify(found)}\n`);
}
