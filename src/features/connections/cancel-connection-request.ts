import { connectionMutation } from './act.ts';

connectionMutation(
  'cancelConnectionRequest',
  'cancelRequest',
  'Takes the viewer’s own request back. NOT_FOUND where there is none.',
  'Whom the viewer had asked',
);
