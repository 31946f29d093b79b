import { describe, expect, it } from 'vitest';
import { redirectedTo, urlOf } from './urls.ts';

const fault = (name: string) => expect.objectContaining({ fault: name });

describe('a call', () => {
  const root = new URL('https://pod.example/api/v1');

  it('is below the base', () => {
    expect(urlOf(root, 'users/1', { limit: 1, no: undefined }).href).toBe(
      'https://pod.example/api/v1/users/1?limit=1',
    );
    expect(urlOf(root, '/users/..a', {}).href).toBe('https://pod.example/api/v1/users/..a');
  });

  it.each(['..', '/users/../x', '/users/%2e%2E/x', '/users/.%2e', '/users/./x', '/users\\..\\x'])(
    'has no way up: %s',
    (path) => {
      expect(() => urlOf(root, path, {})).toThrow(fault('REFUSED'));
    },
  );

  it.each([
    'http://pod.example/x',
    'https://pod.example:444/x',
    'https://me@pod.example/x',
    'https://a.example',
    'https://',
  ])('does not go to %s', (path) => {
    expect(() => urlOf(root, path, {})).toThrow(fault('REFUSED'));
  });
});

describe('a redirect', () => {
  const secure = new URL('https://pod.example/a/b');

  it('leads to another URL, whole or not', () => {
    expect(redirectedTo(secure, '../c').href).toBe('https://pod.example/c');
    expect(redirectedTo(secure, 'https://a.example/').href).toBe('https://a.example/');
    expect(redirectedTo(new URL('http://pod.example'), 'https://pod.example/').href).toBe(
      'https://pod.example/',
    );
  });

  it.each([null, 'https://', 'http://[x]/'])('to %j leads nowhere', (location) => {
    expect(() => redirectedTo(secure, location)).toThrow(fault('INVALID'));
  });

  it.each(['http://pod.example/a', 'file:///etc/passwd', 'https://me:pw@pod.example/', 'javascript:1'])(
    'to %s is not followed',
    (location) => {
      expect(() => redirectedTo(secure, location)).toThrow(fault('REFUSED'));
    },
  );
});
