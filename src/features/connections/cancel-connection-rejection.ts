import { connectionMutation } from './act.ts';

connectionMutation(
  'cancelConnectionRejection',
  'cancelRejection',
  'Takes a rejection back: the request is pending again. NOT_FOUND where there is none.',
  'Whose request the viewer had rejected',
);
