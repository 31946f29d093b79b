import { type FileUpload, Upload } from 'graphql-upload-ts';
import { builder } from './builder.ts';
import { badInput } from './errors.ts';

/** Most files of a request. */
export const maxFiles = 20;

/** Whether a file was refused for the number of them. */
export function isTooManyFiles(error: Error): boolean {
  return error.message.includes('max file uploads');
}

/** A file that may still be on its way. Rejects when the request has no such file, or never gets to it. */
export type PendingUpload = Promise<FileUpload>;

const resolveUpload = Upload.prototype.resolve;
Object.assign(Upload.prototype, {
  // How graphql-js writes one into an error message.
  toJSON: () => 'a file',
  // Of several parts with one name the first counts: the parser would forget its file, and leave it on the disk.
  resolve(this: Upload, file: FileUpload) {
    if (this.file) file.capacitor.destroy();
    else resolveUpload.call(this, file);
  },
});

builder.scalarType('Upload', {
  description:
    'A file, sent as the GraphQL multipart request specification says: the variable is null, and a part of the form is mapped to it. Input only.',
  specifiedByURL: 'https://github.com/jaydenseric/graphql-multipart-request-spec',
  serialize: () => {
    throw badInput('An Upload is never an output.');
  },
  parseValue: (value) => {
    if (value instanceof Upload) return value.promise;
    throw badInput('An Upload must be a file of a multipart/form-data request.');
  },
  parseLiteral: () => {
    throw badInput('An Upload can only be given by a variable.');
  },
});
