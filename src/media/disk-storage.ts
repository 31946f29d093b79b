import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MediaStorage } from './storage.ts';

/** What the names of files end in that are being written. */
const temporarySuffix = '.tmp';

/**
 * Files in one folder, which is made at the first write. A file is written under a temporary name, synced and renamed,
 * so a crash leaves no half of one.
 */
export function diskStorage(folder: string): MediaStorage {
  const writeWhole = async (name: string, write: (file: FileHandle) => Promise<void>) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, name + temporarySuffix);
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(folder, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
  return {
    put: (name, content) => writeWhole(name, (file) => file.writeFile(content)),
    putStream: async (name, content) => {
      let bytes = 0;
      await writeWhole(name, async (file) => {
        await file.writeFile(content);
        bytes = (await file.stat()).size;
      });
      return bytes;
    },
    get: async (name) => {
      const file = await open(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (!file) return null;
      const { size } = await file.stat();
      return { body: file.createReadStream(), size };
    },
    remove: async (names) => {
      // A crash may have left one that was never finished.
      const files = names.flatMap((name) => [name, name + temporarySuffix]);
      await Promise.all(files.map((file) => rm(join(folder, file), { force: true })));
    },
  };
}
