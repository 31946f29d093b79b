import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { withPictures } from '../media/pictures.ts';
import { ImageInput } from '../media/type.ts';
import { type RoomDone, requireManaged, roomRefusal } from './act.ts';
import { roomChange, roomIdInput, roomPayload } from './input.ts';
import { roomChangeShape } from './rules.ts';
import { updateRoom } from './write-store.ts';

mutation('updateRoom', {
  description:
    'Changes a room, for its owner and admins (FORBIDDEN): what is omitted stays as it is, null clears. All of it is changed, or nothing.',
  scope: 'rooms',
  towardsOthers: true,
  input: (t) => ({
    ...roomIdInput(t),
    name: t.string({ description: 'What it is called, 1–50 characters; cannot be null.' }),
    description: t.string({
      description: 'What it is about, at most 200 characters; null or empty: nothing is said.',
    }),
    isPublic: t.boolean({
      description: 'Whether anybody finds and joins it, else by invitation; cannot be null.',
    }),
    avatar: t.field({ type: ImageInput, description: 'Its picture.' }),
  }),
  payload: roomPayload,
  run: async ({ roomId, avatar, ...input }, ctx, viewer): Promise<RoomDone> => {
    // Before pictures are worked on, which is much work to do for somebody who may not.
    const id = await requireManaged(ctx, roomId);
    const change = roomChange(validate(roomChangeShape, input));
    await withPictures(
      ctx,
      { avatar: { kind: 'avatar', source: avatar, path: ['avatar'] } },
      async (pictures) => {
        try {
          await updateRoom(ctx.db, id, viewer.id, { ...change, ...pictures });
        } catch (error) {
          throw roomRefusal(error);
        }
      },
    );
    return { roomId: id };
  },
});
