import { connectionMutation } from './act.ts';

connectionMutation(
  'acceptConnection',
  'accept',
  'Accepts somebody’s request. Having accepted it already is no error; NOT_FOUND where there is none.',
  'Whose request',
);
