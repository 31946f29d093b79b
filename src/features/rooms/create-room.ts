import { newId } from '../../db/uuid.ts';
import { accountGone } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { withPictures } from '../media/pictures.ts';
import { ImageInput } from '../media/type.ts';
import { type RoomDone, roomRefusal } from './act.ts';
import { roomPayload } from './input.ts';
import { roomSearchText, roomShape } from './rules.ts';
import { RoomKindEnum } from './type.ts';
import { insertRoom } from './write-store.ts';

mutation('createRoom', {
  description: 'Creates a group or a page, whose owner the viewer is.',
  scope: 'rooms',
  towardsOthers: true,
  input: (t) => ({
    kind: t.field({ type: RoomKindEnum, required: true, description: 'Whether a group or a page.' }),
    name: t.string({ required: true, description: 'What it is called, 1–50 characters.' }),
    slug: t.string({
      required: true,
      description: 'Its name in addresses, 1–50 of a–z 0–9 -, which no other room has (TAKEN).',
    }),
    description: t.string({
      description: 'What it is about, at most 200 characters; null or empty: nothing is said.',
    }),
    isPublic: t.boolean({
      required: true,
      defaultValue: true,
      description: 'Whether anybody finds and joins it, else by invitation.',
    }),
    avatar: t.field({ type: ImageInput, description: 'Its picture; null for none.' }),
  }),
  payload: roomPayload,
  run: async ({ kind, avatar, ...input }, ctx, viewer): Promise<RoomDone> => {
    const checked = validate(roomShape, input);
    const createdAt = ctx.now();
    const id = newId(createdAt);
    const room = { ...checked, id, kind, createdAt, searchText: roomSearchText(checked.name) };
    await withPictures(
      ctx,
      { avatar: { kind: 'avatar', source: avatar, path: ['avatar'] } },
      async (pictures) => {
        try {
          if (!(await insertRoom(ctx.db, { ...room, ...pictures }, viewer.id))) throw accountGone();
        } catch (error) {
          throw roomRefusal(error);
        }
      },
    );
    return { roomId: id };
  },
});
