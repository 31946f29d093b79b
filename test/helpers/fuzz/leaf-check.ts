// Values of scalars and enums, as their descriptions say that they come out.
import { type GraphQLLeafType, isEnumType } from 'graphql';
import { isCalendarDate } from '../../../src/graphql/scalars.ts';

const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const scalars: Record<string, (value: unknown) => boolean> = {
  Int: (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  Float: (value) => typeof value === 'number',
  Boolean: (value) => typeof value === 'boolean',
  String: isText,
  HTML: isText,
  ID: (value) => isText(value) && value !== '',
  Date: (value) => isText(value) && isCalendarDate(value),
  DateTime: (value) => isText(value) && dateTime.test(value) && !Number.isNaN(Date.parse(value)),
  URL: (value) => isText(value) && URL.canParse(value),
};

/** What is wrong with a value of a scalar or an enum; null when it may be one. */
export function leafProblem(type: GraphQLLeafType, value: unknown): string | null {
  const isOne = isEnumType(type)
    ? type.getValues().some(({ name }) => name === value)
    : scalars[type.name]?.(value);
  if (isOne === undefined) return `Teach me this scalar: ${type}.`;
  return isOne ? null : `${JSON.stringify(value)} is no ${type}`;
}
