import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { MediaConfig } from '../config.ts';
import type { MediaStorage } from './storage.ts';

/** Objects that one request may delete: S3's own limit. */
const maxDeleted = 1_000;

/**
 * Objects in an S3-compatible bucket, which has to be there. Credentials come the way AWS' own tools find them
 * (`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, a profile, the machine's role).
 */
export function s3Storage({ bucket, endpoint, region }: Extract<MediaConfig, { kind: 's3' }>): MediaStorage {
  const client = new S3Client({
    region,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    // Buckets as host names are AWS' alone.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  return {
    put: async (name, content) => {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: name, Body: content, ContentType: 'image/webp' }),
      );
    },
    putStream: async (name, content, mediaType) => {
      let bytes = 0;
      const counted = async function* () {
        for await (const chunk of content) {
          bytes += chunk.length;
          yield chunk;
        }
      };
      const Body = Readable.from(counted(), { objectMode: false });
      const params = { Bucket: bucket, Key: name, Body, ContentType: mediaType };
      // In parts, of which one at a time is in memory: the size is not known before.
      await new Upload({ client, params, queueSize: 1 }).done();
      return bytes;
    },
    get: async (name) => {
      try {
        const object = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
        if (!(object.Body instanceof Readable) || object.ContentLength === undefined) return null;
        return { body: object.Body, size: object.ContentLength };
      } catch (error) {
        if (error instanceof NoSuchKey) return null;
        throw error;
      }
    },
    remove: async (names) => {
      for (let start = 0; start < names.length; start += maxDeleted) {
        const Objects = names.slice(start, start + maxDeleted).map((Key) => ({ Key }));
        const { Errors } = await client.send(
          new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
        );
        const [failed] = Errors ?? [];
        if (failed) throw new Error(`${failed.Key} could not be removed: ${failed.Code} ${failed.Message}`);
      }
    },
  };
}
