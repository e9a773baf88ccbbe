import { resolve } from 'node:path'
import { DStreamError } from '../errors/dstream-error.ts'
import type { FileSystem } from './file-system.ts'
import { LocalFileSystem } from './local-file-system.ts'

/** Makes the store behind URIs of one scheme; `authority` is what stands between `//` and the path (a bucket, a host), or `''`. */
export type FileSystemFactory = (authority: string) => FileSystem

/** A place in a store: what a URI or path of a program leads to. */
export interface Location {
  readonly fileSystem: FileSystem
  /** Absolute, without scheme and authority. */
  readonly path: string
}

const factories = new Map<string, FileSystemFactory>()
const made = new Map<string, FileSystem>()
const local = new LocalFileSystem()

/**
 * Says how the URIs of a scheme are served in this thread, `s3` for example; `file` is there already. Returns a function that takes it back.
 *
 * @example
 * registerFileSystem('memory', () => new MemoryFileSystem())
 */
export function registerFileSystem(scheme: string, factory: FileSystemFactory): () => void {
  factories.set(scheme, factory)
  return () => {
    factories.delete(scheme)
    for (const key of [...made.keys()]) if (key.startsWith(`${scheme}:`)) made.delete(key)
  }
}

/**
 * The store and the path that a URI means. Without scheme it is a local path, relative ones from the working directory. What follows the
 * scheme is taken as it is written, as Hadoop does: `%20` is three characters.
 *
 * @throws DStreamError UNKNOWN_FILE_SYSTEM for a scheme that nobody serves
 * @example
 * fileSystemFor('file:///data/in').path // => '/data/in'
 */
export function fileSystemFor(uri: string): Location {
  const [, scheme, authority = '', path = ''] = /^([a-z][a-z0-9+.-]+):(?:\/\/([^/]*))?(.*)$/is.exec(uri) ?? []
  if (scheme === undefined) return { fileSystem: local, path: resolve(uri) }
  if (scheme.toLowerCase() === 'file') return { fileSystem: local, path: resolve(path) }
  const key = `${scheme.toLowerCase()}:${authority}`
  const fileSystem = made.get(key) ?? factories.get(scheme.toLowerCase())?.(authority)
  if (fileSystem === undefined) throw unknownScheme(scheme, uri)
  made.set(key, fileSystem)
  return { fileSystem, path: path || '/' }
}

function unknownScheme(scheme: string, uri: string): DStreamError {
  const known = ['file', ...factories.keys()].map(one => `${one}:`).join(', ')
  return new DStreamError('UNKNOWN_FILE_SYSTEM', `No FileSystem for scheme "${scheme}" (${uri}); known are ${known}`, {
    hint: `Install and import a package that serves ${scheme}: URIs (it calls registerFileSystem('${scheme}', …)), or mount the store and use its path.`,
  })
}
