import { connectionMutation } from './act.ts';

connectionMutation(
  'rejectConnection',
  'reject',
  'Rejects somebody’s request, which goes on looking pending to them. Having rejected it already is no error; NOT_FOUND where there is none.',
  'Whose request',
);
