import { sql } from 'drizzle-orm';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageError, ImageProcessor } from '../../src/media/image.ts';
import { useTestApp } from '../helpers/app.ts';
import {
  blue,
  type Color,
  chunksOf,
  contentOf,
  expectStored,
  fields,
  fileNameOf,
  filesOf,
  given,
  green,
  imageFields,
  mutateWithFiles,
  pictureMutations,
  plain,
  red,
  rowsOf,
  type Shown,
  sizes,
  storedFiles,
  white,
} from '../helpers/pictures.ts';

const kith = useTestApp();

const { setAvatar, setCover, createFlag, createMember } = pictureMutations(kith);

/** Removes whatever the test has made, so that the next one counts its own files alone. */
async function clear(...usernames: string[]) {
  for (const username of usernames) {
    const payload = await kith.mutate('deleteAccount', { username }, username);
    expect(payload.userErrors).toEqual([]);
  }
  await expectStored(kith);
}

/** Width and height of the file behind a URL, which has to be WebP. */
async function boxOf(url: string): Promise<[width: number, height: number]> {
  const { format, width, height, pages } = await sharp(await contentOf(kith, url)).metadata();
  expect({ format, pages }).toEqual({ format: 'webp', pages: undefined });
  return [width, height];
}
async function boxesOf(picture: Shown) {
  const boxes = await Promise.all(sizes.map((size) => boxOf(picture[size])));
  expect([picture.width, picture.height]).toEqual(boxes[3]);
  return boxes;
}

/** The color, alpha included where there is any, at a place given as parts of the width and height. */
async function colorAt(content: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(content).raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * info.channels;
  return [...data.subarray(at, at + info.channels)];
}
/** Asserts a color, as near as lossy files have it. */
async function expectColor(content: Buffer, x: number, y: number, expected: readonly number[], near = 14) {
  const found = await colorAt(content, x, y);
  expect(found).toHaveLength(expected.length);
  const apart = Math.max(...expected.map((value, i) => Math.abs(value - (found[i] ?? Number.NaN))));
  expect(apart, `${found} is not ${expected} at ${x}, ${y}`).toBeLessThanOrEqual(near);
}

const dataUri = (content: Buffer, type = 'image/png') => `data:${type};base64,${content.toString('base64')}`;

describe('what comes in', () => {
  const picture = () => fields(60, 40, [[red, green]]);
  const frames = (pictures: Buffer[]) => sharp(pictures, { join: { animated: true } });
  const animated = async (as: 'gif' | 'webp') => {
    const two = await Promise.all([picture(), plain(60, 40, blue)].map((frame) => frame.png().toBuffer()));
    const content = await frames(two)
      [as]({ delay: [100, 100], loop: 0 })
      .toBuffer();
    expect((await sharp(content).metadata()).pages).toBe(2);
    return content;
  };
  const formats: [name: string, make: () => Promise<Buffer>][] = [
    ['PNG', () => picture().png().toBuffer()],
    ['JPEG', () => picture().jpeg({ quality: 95 }).toBuffer()],
    ['progressive JPEG', () => picture().jpeg({ quality: 95, progressive: true }).toBuffer()],
    ['WebP', () => picture().webp({ lossless: true }).toBuffer()],
    ['GIF', () => picture().gif().toBuffer()],
    ['interlaced PNG with a palette', () => picture().png({ palette: true, progressive: true }).toBuffer()],
    ['animated GIF, of which the first picture stays', () => animated('gif')],
    ['animated WebP, of which the first picture stays', () => animated('webp')],
  ];

  it.each(formats)('may be %s, as a file of a form and as base64 in both spellings', async (_name, make) => {
    const content = await make();
    const uri = dataUri(content);
    const hashes = new Set<string>();
    // What it is declared to be is neither here nor there.
    for (const source of [content, uri, uri.replace('data:', ''), dataUri(content, 'image/x-nothing')]) {
      const avatar = await setAvatar(source);
      expect(await boxesOf(avatar)).toEqual([
        [50, 40],
        [60, 40],
        [60, 40],
        [60, 40],
      ]);
      for (const size of sizes) {
        const out = await contentOf(kith, avatar[size]);
        await expectColor(out, 0.2, 0.5, red);
        await expectColor(out, 0.8, 0.5, green);
      }
      hashes.add(avatar.hash);
    }
    expect([...hashes]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  });

  it('has its SHA-256 for a hash: of the original as it is stored', async () => {
    const avatar = await setAvatar(await picture().png().toBuffer());
    const stored = await contentOf(kith, avatar.ORIGINAL);
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Uint8Array.from(stored))).toString(
      'hex',
    );
    expect(avatar.hash).toBe(digest);
  });

  const grey: Color = [120, 120, 120];
  /** Pixels of 16 bits a channel. */
  const deep = (channels: 1 | 2 | 3 | 4, pixel: number[], space: 'rgb16' | 'grey16') =>
    sharp(
      Uint16Array.from({ length: 40 * 30 * channels }, (_, i) => (pixel[i % channels] ?? 0) * 257),
      {
        raw: { width: 40, height: 30, channels },
      },
    )
      .toColourspace(space)
      .png();
  it.each<[name: string, make: () => Sharp, input: object, color: number[]]>([
    ['16 bits a channel', () => deep(3, [...green], 'rgb16'), { depth: 'ushort' }, [...green]],
    [
      '16 bits a channel and half transparent',
      () => deep(4, [...blue, 128], 'rgb16'),
      { depth: 'ushort' },
      [...blue, 128],
    ],
    ['16 bits of grey', () => deep(1, [120], 'grey16'), { depth: 'ushort', channels: 1 }, [...grey]],
    ['grey', () => plain(40, 30, grey).toColourspace('b-w').png(), { channels: 1 }, [...grey]],
    ['a grey JPEG', () => plain(40, 30, grey).toColourspace('b-w').jpeg(), { channels: 1 }, [...grey]],
    [
      'grey and half transparent',
      () => plain(40, 30, grey).ensureAlpha(0.5).toColourspace('b-w').png(),
      { channels: 2 },
      [...grey, 128],
    ],
    [
      'transparent, with a palette',
      () => plain(40, 30, red).ensureAlpha(0.5).png({ palette: true }),
      { hasAlpha: true, isPalette: true },
      [...red, 128],
    ],
    [
      'black and white of one bit',
      () => plain(40, 30, [255, 255, 255]).png({ palette: true, colours: 2 }),
      { bitsPerSample: 1 },
      [255, 255, 255],
    ],
    [
      'CMYK',
      () => plain(40, 30, grey).toColourspace('cmyk').jpeg({ quality: 95 }),
      { space: 'cmyk' },
      [...grey],
    ],
    [
      'in wider colors than sRGB, which become sRGB',
      () => plain(40, 30, red).withIccProfile('p3').png(),
      { icc: expect.any(Buffer) },
      [...red],
    ],
  ])('may be %s', async (_name, make, input, color) => {
    const content = await make().toBuffer();
    expect(await sharp(content).metadata()).toMatchObject(input);
    const avatar = await setAvatar(content);
    for (const size of sizes) await expectColor(await contentOf(kith, avatar[size]), 0.5, 0.5, color);
  });

  it('keeps what is transparent, and what is not', async () => {
    const content = await plain(40, 40, green)
      .ensureAlpha()
      .composite([{ input: await plain(20, 40).png().toBuffer(), left: 0, top: 0, blend: 'dest-out' }])
      .png()
      .toBuffer();
    const avatar = await setAvatar(content);
    for (const size of sizes) {
      const out = await contentOf(kith, avatar[size]);
      expect((await colorAt(out, 0.2, 0.5))[3]).toBe(0);
      await expectColor(out, 0.8, 0.5, [...green, 255]);
    }
  });

  it('comes out as nothing but a picture, whatever is behind it', async () => {
    const secret = 'unmistakable-stowaway';
    const zip = Buffer.concat([Buffer.from('PK\x03\x04\x14\0\0\0\0\0', 'latin1'), Buffer.from(secret)]);
    for (const format of ['jpeg', 'png', 'gif', 'webp'] as const) {
      const content = Buffer.concat([await picture().toFormat(format).toBuffer(), zip]);
      const avatar = await setAvatar(content);
      for (const size of sizes) {
        const out = await contentOf(kith, avatar[size]);
        expect(out.includes(secret), format).toBe(false);
        expect(out.includes('PK\x03\x04'), format).toBe(false);
        expect(chunksOf(out)).toEqual(['VP8 ']);
      }
    }
  });
});

describe('sizes', () => {
  const png = (box: string) => {
    const [width = 0, height = 0] = box.split('×').map(Number);
    return plain(width, height).png().toBuffer();
  };
  const textOf = async (picture: Shown) => (await boxesOf(picture)).map((box) => box.join('×')).join(' ');

  it.each([
    ['1000×600', '50×50 100×100 300×180 1000×600'],
    ['600×1000', '50×50 100×100 300×500 600×1000'],
    ['300×300', '50×50 100×100 300×300 300×300'],
    ['301×301', '50×50 100×100 300×300 301×301'],
    ['299×299', '50×50 100×100 299×299 299×299'],
    ['60×200', '50×50 60×100 60×200 60×200'],
    ['50×50', '50×50 50×50 50×50 50×50'],
    ['30×20', '30×20 30×20 30×20 30×20'],
    ['1×1', '1×1 1×1 1×1 1×1'],
    ['4096×100', '50×50 100×100 300×7 4096×100'],
    ['5000×1000', '50×50 100×100 300×60 4096×819'],
    ['1000×5000', '50×50 100×100 300×1500 819×4096'],
    ['1×10000', '1×50 1×100 1×4096 1×4096'],
    ['10000×1', '50×1 100×1 300×1 4096×1'],
  ])('of an avatar of %s: 50 × 50 and 100 × 100 cropped, 300 wide, at most 4,096', async (box, expected) => {
    expect(await textOf(await setAvatar(await png(box)))).toBe(expected);
  });

  it.each([
    ['3000×1000', '50×50 100×33 1500×500 3000×1000'],
    ['1600×3200', '50×50 50×100 1500×3000 1600×3200'],
    ['800×400', '50×50 100×50 800×400 800×400'],
    ['6000×1500', '50×50 100×25 1500×375 4096×1024'],
  ])('of a cover of %s: 50 × 50 cropped, within 100 × 100, 1,500 wide', async (box, expected) => {
    expect(await textOf(await setCover(await png(box)))).toBe(expected);
  });

  it.each([
    ['500×300', '427×256 427×256 427×256 500×300'],
    ['512×512', '256×256 256×256 256×256 512×512'],
    ['100×50', '100×50 100×50 100×50 100×50'],
    ['100×2560', '10×256 10×256 10×256 100×2560'],
    ['8000×1000', '2048×256 2048×256 2048×256 4096×512'],
  ])('of a flag of %s: 256 high, and the original', async (box, expected) => {
    const { image } = await createFlag(await png(box));
    expect(await textOf(image)).toBe(expected);
    expect(filesOf(image)).toHaveLength(2);
  });

  it('of a member’s avatar are those of an avatar', async () => {
    const { avatar } = await createMember('Sizes', await png('1000×600'));
    expect(await textOf(avatar)).toBe('50×50 100×100 300×180 1000×600');
  });

  it('that are cropped show the middle', async () => {
    const avatar = await setAvatar(
      await fields(300, 100, [[red, green, blue]])
        .png()
        .toBuffer(),
    );
    for (const size of ['SMALL', 'MEDIUM'] as const) {
      const out = await contentOf(kith, avatar[size]);
      for (const x of [0.1, 0.9]) await expectColor(out, x, 0.5, green);
    }
    for (const size of ['LARGE', 'ORIGINAL'] as const) {
      await expectColor(await contentOf(kith, avatar[size]), 0.1, 0.5, red);
    }
  });

  it('are MEDIUM where none is asked for', async () => {
    await setAvatar(await png('400×400'));
    const { viewer } = await kith.query('{ viewer { user { avatar { url } } } }', { as: 'ada' });
    expect(await boxOf(viewer.user.avatar.url)).toEqual([100, 100]);
  });
});

describe('metadata', () => {
  // The corners of what is shown, by EXIF orientation, when the corners of what is stored are red, green, blue, white.
  const shownCorners: Record<number, Color[]> = {
    1: [red, green, blue, white],
    2: [green, red, white, blue],
    3: [white, blue, green, red],
    4: [blue, white, red, green],
    5: [red, blue, green, white],
    6: [blue, red, white, green],
    7: [white, green, blue, red],
    8: [green, white, red, blue],
  };
  const formats = ['jpeg', 'png', 'webp'] as const;

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i is applied before anything else', async (orientation) => {
    const turned = orientation >= 5;
    for (const format of formats) {
      const content = await fields(120, 80, [
        [red, green],
        [blue, white],
      ])
        .toFormat(format, { quality: 95 })
        .withMetadata({ orientation })
        .toBuffer();
      expect(await sharp(content).metadata()).toMatchObject({ width: 120, height: 80, orientation });
      const avatar = await setAvatar(content);
      expect(await boxesOf(avatar)).toEqual([
        [50, 50],
        turned ? [80, 100] : [100, 80],
        turned ? [80, 120] : [120, 80],
        turned ? [80, 120] : [120, 80],
      ]);
      const corners = [
        [0.2, 0.2],
        [0.8, 0.2],
        [0.2, 0.8],
        [0.8, 0.8],
      ] as const;
      for (const size of sizes) {
        const out = await contentOf(kith, avatar[size]);
        for (const [i, [x, y]] of corners.entries()) {
          await expectColor(out, x, y, shownCorners[orientation]?.[i] ?? [], 25);
        }
      }
    }
  });

  it.each(formats)('such as EXIF, GPS, XMP and ICC in %s is gone from every size', async (format) => {
    const secret = 'unmistakable-owner';
    const content = await plain(200, 150)
      .ensureAlpha(format === 'jpeg' ? 1 : 0.5)
      .toFormat(format)
      .withIccProfile('p3')
      .withExif({
        IFD0: { Copyright: secret, Artist: secret, Software: secret },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSLongitudeRef: 'W' },
      })
      .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/"><note>${secret}</note></x:xmpmeta>`)
      .toBuffer();
    const before = await sharp(content).metadata();
    for (const kind of ['exif', 'xmp', 'icc'] as const) expect(before[kind], kind).toBeInstanceOf(Buffer);
    expect(content.includes(secret)).toBe(true);

    const avatar = await setAvatar(content);
    const cover = await setCover(content);
    const { image } = await createFlag(content);
    for (const url of [avatar, cover, image].flatMap((picture) => sizes.map((size) => picture[size]))) {
      const out = await contentOf(kith, url);
      const after = await sharp(out).metadata();
      for (const kind of ['exif', 'xmp', 'icc', 'iptc', 'orientation'] as const) {
        expect(after[kind], kind).toBeUndefined();
      }
      for (const trace of [secret, 'Exif', 'xmpmeta', 'XMP', 'EXIF', 'ICC', 'acsp', 'GPS']) {
        expect(out.includes(trace), trace).toBe(false);
      }
      expect(chunksOf(out)).toEqual(format === 'jpeg' ? ['VP8 '] : ['VP8X', 'ALPH', 'VP8 ']);
    }
  });
});

describe('files', () => {
  const picture = (color: Color = red) => plain(60, 40, color).png().toBuffer();

  it('of pictures that are replaced or cleared are gone, and no others', async () => {
    await clear('ada');
    const other = await setAvatar(await picture(), 'bob');
    const cover = await setCover(await picture(), 'cy');
    const first = await setAvatar(await picture(), 'cy');
    await expectStored(kith, other, cover, first);
    const second = await setAvatar(await picture(green), 'cy');
    await expectStored(kith, other, cover, second);
    expect((await kith.fetch(new URL(first.SMALL).pathname)).status).toBe(404);

    // The same picture again is another one, with files of its own.
    const third = await setAvatar(await picture(green), 'cy');
    expect(third.hash).toBe(second.hash);
    await expectStored(kith, other, cover, third);

    const cleared = await kith.mutate(
      'updateProfile',
      { avatar: null },
      'cy',
      'user { avatar { hash } cover { hash } }',
    );
    expect(cleared).toEqual({ user: { avatar: null, cover: { hash: cover.hash } }, userErrors: [] });
    await expectStored(kith, other, cover);
    await kith.mutate('updateProfile', { avatar: null, displayName: 'Cy' }, 'cy');
    await expectStored(kith, other, cover);
    const both = await kith.mutate(
      'updateProfile',
      { cover: null },
      'cy',
      'user { avatar { hash } cover { hash } }',
    );
    expect(both.user).toEqual({ avatar: null, cover: null });
    await expectStored(kith, other);
    await clear('bob', 'cy');
  });

  it('of avatar and cover in one request are stored together, and a null beside one clears', async () => {
    const selection = `user { avatar { ${imageFields} } cover { ${imageFields} } }`;
    const both = await mutateWithFiles(
      kith,
      'updateProfile',
      { avatar: given(await picture(red)), cover: given(dataUri(await picture(green))), tagline: 'Hello' },
      'dan',
      selection,
    );
    await expectStored(kith, both.user.avatar, both.user.cover);
    await expectColor(await contentOf(kith, both.user.avatar.ORIGINAL), 0.5, 0.5, red);
    await expectColor(await contentOf(kith, both.user.cover.ORIGINAL), 0.5, 0.5, green);
    const next = await mutateWithFiles(
      kith,
      'updateProfile',
      { avatar: null, cover: given(await picture()) },
      'dan',
      selection,
    );
    expect(next.user.avatar).toBeNull();
    await expectStored(kith, next.user.cover);
    await clear('dan');
  });

  it('of members and flags go with them, and no others', async () => {
    const kept = await createMember('Kept', await picture(), 'eve');
    const member = await createMember('Gone', await picture(), 'eve');
    const flag = await createFlag(await picture(), 'eve');
    const keptFlag = await createFlag(await picture(), 'eve');
    await expectStored(kith, kept.avatar, member.avatar, flag.image, keptFlag.image);
    await kith.mutate('deleteMember', { memberId: member.id }, 'eve');
    await expectStored(kith, kept.avatar, flag.image, keptFlag.image);
    await kith.mutate('deletePrideFlag', { flagId: flag.id }, 'eve');
    await expectStored(kith, kept.avatar, keptFlag.image);

    const update = { memberId: kept.id, avatar: given(await picture(blue)) };
    const { member: changed } = await mutateWithFiles(
      kith,
      'updateMember',
      update,
      'eve',
      `member { avatar { ${imageFields} } }`,
    );
    await expectStored(kith, changed.avatar, keptFlag.image);
    await kith.mutate('updateMember', { memberId: kept.id, avatar: null }, 'eve');
    await expectStored(kith, keptFlag.image);
    await clear('eve');
  });

  it('of an account go with it, every one, and nobody else’s', async () => {
    const other = await setAvatar(await picture(), 'gil');
    const othersFlag = await createFlag(await picture(), 'gil');
    const all = [
      await setAvatar(await picture(), 'flo'),
      await setCover(await picture(), 'flo'),
      (await createMember('One', await picture(), 'flo')).avatar,
      (await createMember('Two', await picture(), 'flo')).avatar,
      (await createFlag(await picture(), 'flo')).image,
    ];
    await expectStored(kith, other, othersFlag.image, ...all);
    await kith.mutate('deleteAccount', { username: 'flo' }, 'flo');
    await expectStored(kith, other, othersFlag.image);
    await clear('gil');
  });

  it('of two updates at the same moment are one picture’s in the end', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, two] = await Promise.all([picture(red), picture(green)]);
      await Promise.all([setAvatar(one, 'hal'), setAvatar(two, 'hal'), setAvatar(dataUri(one), 'hal')]);
      const { viewer } = await kith.query(`{ viewer { user { avatar { ${imageFields} } } } }`, { as: 'hal' });
      await expectStored(kith, viewer.user.avatar);
    }
    await clear('hal');
  });

  it('of somebody who deletes their account meanwhile do not stay', async () => {
    for (let round = 0; round < 5; round++) {
      const username = `ivy-${round}`;
      await kith.idOf(username);
      const content = await picture();
      const document =
        'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }';
      await Promise.all([
        kith.send(document, { as: username, variables: { input: { avatar: given(dataUri(content)) } } }),
        kith.mutate('deleteAccount', { username }, username),
      ]);
      await expectStored(kith);
    }
  });
});

describe('a refused mutation', () => {
  const picture = () => plain(60, 40).png().toBuffer();
  /** Asserts that the mutation is refused so, and that the only files are those there were. */
  async function expectRefused(
    name: string,
    input: object,
    ...expected: [code: string, ...path: string[]][]
  ) {
    const before = storedFiles(kith);
    const payload = await mutateWithFiles(kith, name, input, 'zoe');
    const found: { code: string; path: string[] }[] = payload.userErrors;
    expect(found.map(({ code, path }) => [code, ...path])).toEqual(expected);
    expect(storedFiles(kith)).toEqual(before);
    const unused = await kith.database.db.execute(sql`SELECT name FROM media_files WHERE state <> 'USED'`);
    expect(rowsOf(unused)).toEqual([]);
  }

  it('leaves no file and no trace of one: bad text beside a good picture', async () => {
    const avatar = given(await picture());
    await expectRefused('updateProfile', { avatar, displayName: '' }, ['TOO_SHORT', 'displayName']);
    await expectRefused('createMember', { avatar, name: '' }, ['TOO_SHORT', 'name']);
    await expectRefused('createPrideFlag', { image: avatar, name: ' ' }, ['TOO_SHORT', 'name']);
  });

  it('leaves no file: a name that turns out to be taken once the picture is there', async () => {
    await kith.idOf('yan');
    await createMember('Jo', await picture(), 'zoe');
    const avatar = given(await picture());
    await expectRefused('updateProfile', { avatar, username: 'YAN' }, ['TAKEN', 'username']);
    await expectRefused('createMember', { avatar, name: 'JO' }, ['ALREADY_EXISTS', 'name']);
    const { id } = await createMember('Mo', await picture(), 'zoe');
    await expectRefused('updateMember', { memberId: id, avatar, name: 'jo' }, ['ALREADY_EXISTS', 'name']);
    const { id: gone } = await createMember('Po', await picture(), 'zoe');
    await kith.mutate('deleteMember', { memberId: gone }, 'zoe');
    await expectRefused('updateMember', { memberId: gone, avatar }, ['NOT_FOUND', 'memberId']);
  });

  it('leaves no file: a full library', async () => {
    await createFlag(await picture(), 'zoe');
    await kith.database.db.execute(sql`
      INSERT INTO pride_flags (id, owner_id, name, image, created_at)
      SELECT gen_random_uuid(), owner_id, 'Flag ' || n, image, created_at
      FROM (SELECT * FROM pride_flags LIMIT 1) one,
        generate_series(1, 500 - (SELECT flags FROM user_stats WHERE user_id = one.owner_id)) n`);
    const image = given(await picture());
    await expectRefused('createPrideFlag', { image, name: 'One more' }, ['LIMIT_REACHED']);
  });

  it('leaves no file, and changes nothing: one good picture and a bad one', async () => {
    const avatar = await setAvatar(await picture(), 'zoe');
    await kith.mutate('updateProfile', { displayName: 'Before' }, 'zoe');
    const bad = given(Buffer.from('no picture'));
    const good = given(await plain(70, 40, green).png().toBuffer());
    await expectRefused('updateProfile', { avatar: good, cover: bad, displayName: 'After' }, [
      'UNSUPPORTED_IMAGE',
      'cover',
      'upload',
    ]);
    await expectRefused(
      'updateProfile',
      { avatar: bad, cover: given('data:image/png;base64,AAAA') },
      ['UNSUPPORTED_IMAGE', 'avatar', 'upload'],
      ['UNSUPPORTED_IMAGE', 'cover', 'base64'],
    );
    const { viewer } = await kith.query(
      '{ viewer { user { displayName avatar { hash } cover { hash } } } }',
      { as: 'zoe' },
    );
    expect(viewer.user).toMatchObject({ displayName: 'Before', avatar: { hash: avatar.hash } });
    expect((await contentOf(kith, avatar.SMALL)).length).toBeGreaterThan(0);
  });

  it('leaves no file: a scope that is missing', async () => {
    const before = storedFiles(kith);
    const { errors } = await kith.send(
      'mutation ($input: UpdateProfileInput!) { updateProfile(input: $input) { userErrors { code } } }',
      { as: 'zoe', scope: 'public:read', variables: { input: { avatar: given(dataUri(await picture())) } } },
    );
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['FORBIDDEN']);
    expect(storedFiles(kith)).toEqual(before);
  });
});

describe('the queue', () => {
  it('works on two at once, lets 100 wait without reading them, and refuses one more: CONFLICT', async () => {
    const images = new ImageProcessor();
    const content = await plain(10, 10).png().toBuffer();
    let reads = 0;
    let letGo = () => {};
    const go = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const read = async () => {
      reads++;
      await go;
      return content;
    };
    const all = Array.from({ length: 102 }, () => images.process(read, {}, null));
    await expect(images.process(read, {}, null)).rejects.toThrowError(ImageError);
    await expect(images.process(read, {}, null)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(reads).toBe(2);
    letGo();
    const done = await Promise.all(all);
    expect(done.map(({ width, height }) => [width, height])).toEqual(Array(102).fill([10, 10]));
    expect(reads).toBe(102);
    await expect(images.process(read, {}, null)).resolves.toMatchObject({ width: 10 });
  });

  it('has forty of one person’s at most, so that nobody fills it alone', async () => {
    const images = new ImageProcessor();
    const content = await plain(10, 10).png().toBuffer();
    const read = async () => content;
    const forty = Array.from({ length: 40 }, () => images.process(read, {}, 'ada'));
    await expect(images.process(read, {}, 'ada')).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(images.process(read, {}, 'bob')).resolves.toMatchObject({ width: 10 });
    await Promise.all(forty);
    await expect(images.process(read, {}, 'ada')).resolves.toMatchObject({ width: 10 });
  });
});

it('a picture’s address says nothing of its content, its owner, or which came first', async () => {
  const content = await plain(60, 40).png().toBuffer();
  const one = await setAvatar(content, 'zoe');
  const two = await setCover(content, 'yan');
  const names = [...filesOf(one), ...filesOf(two)];
  for (const name of names) expect(name).toMatch(/^[0-9a-f]{32}-(small|medium|large|original)\.webp$/);
  expect(fileNameOf(one.ORIGINAL).slice(0, 32)).not.toBe(fileNameOf(two.ORIGINAL).slice(0, 32));
  expect(one.hash).toBe(two.hash);
  for (const name of names) expect(one.hash).not.toContain(name.slice(0, 16));
});
