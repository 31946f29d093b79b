import { connectionMutation } from './act.ts';

connectionMutation(
  'requestConnection',
  'request',
  'Asks somebody to be connected. Where they have asked the viewer, the two are connected at once; asking again changes nothing. CONFLICT after having rejected their request; INVALID for who lives in another system, and could not answer.',
  'Whom to ask',
);
