// Errors of an answer: each has a code and a place, and none is about the inside.
import { isObject } from './answer-check.ts';

/** What a client must never read. */
const internals = /node_modules|[Dd]rizzle|PGlite|[Pp]ostgres|ECONN|\.ts:\d|\bselect "|\binsert into\b/;
const masked = 'INTERNAL_SERVER_ERROR';

/** What is wrong with the errors of an answer, whatever was asked. */
export function errorProblems(body: Readonly<Record<string, unknown>>): string[] {
  const { errors, data } = body;
  if (errors === undefined) return [];
  if (!Array.isArray(errors) || errors.length === 0) return ['errors are no list, or an empty one'];
  return errors.flatMap((error: unknown) => {
    if (!isObject(error)) return ['an error is no object'];
    const { message, extensions, path } = error;
    const code = isObject(extensions) ? extensions.code : undefined;
    const problems: string[] = [];
    if (typeof message !== 'string' || message === '') problems.push('an error says nothing');
    if (typeof code !== 'string' || !/^[A-Z_]+$/.test(code)) problems.push(`the code ${code}: ${message}`);
    if (code === masked) problems.push(`a masked error: ${JSON.stringify(error)}`);
    if (internals.test(JSON.stringify(error))) problems.push(`of the inside: ${JSON.stringify(error)}`);
    if (isObject(extensions) && 'http' in extensions) problems.push('an error tells its HTTP status');
    if (data !== undefined && !leadsToNull(data, path))
      problems.push(`an error leads to what is there: ${JSON.stringify(path)}`);
    return problems;
  });
}

/** Whether a path ends at null, or above where it ends. */
function leadsToNull(data: unknown, path: unknown): boolean {
  if (!Array.isArray(path)) return false;
  let value: unknown = data;
  for (const key of path) {
    if (value === null) return true;
    if (typeof value !== 'object' || !Object.hasOwn(value ?? {}, key)) return false;
    value = Reflect.get(value ?? {}, key);
  }
  return value === null;
}
