import { connectionMutation } from './act.ts';

connectionMutation(
  'removeConnection',
  'remove',
  'Ends a connection. NOT_FOUND where there is none.',
  'Whom the viewer is connected with',
);
