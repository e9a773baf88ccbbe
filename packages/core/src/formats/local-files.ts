import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { storageError } from '../storage/storage-error.ts'
import type { ByteSink, ByteSource, FileAccess } from './byte-source.ts'

/** The path of a file that is named by a path or a `file:` address (`file:/a`, `file:///a`). */
export const localPath = (name: string): string =>
  /^file:/i.test(name) ? fileURLToPath(name.replace(/^file:\/?(?=[^/])/i, 'file:///')) : name

/** Files of this machine, read and written at once, as tasks do. Paths or `file:` addresses. */
export const localFiles: FileAccess = { open: openLocal, create: createLocal }

function openLocal(name: string): ByteSource {
  const path = localPath(name)
  const handle = attempt('open', path, () => fs.openSync(path, 'r'))
  return {
    size: fs.fstatSync(handle).size,
    read: (position, length) => attempt('read', path, () => readAll(handle, position, length)),
    close: () => fs.closeSync(handle),
  }
}

function readAll(handle: number, position: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(length)
  let held = 0
  while (held < length) {
    const read = fs.readSync(handle, bytes, held, length - held, position + held)
    if (read === 0) break
    held += read
  }
  return bytes.subarray(0, held)
}

function createLocal(name: string): ByteSink {
  const file = localPath(name)
  const handle = attempt('create', file, () => {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    return fs.openSync(file, 'wx')
  })
  const abort = (): void => {
    fs.closeSync(handle)
    fs.rmSync(file, { force: true })
  }
  return {
    write: bytes =>
      attempt('write', file, () => {
        for (let at = 0; at < bytes.length;) at += fs.writeSync(handle, bytes, at)
      }),
    close: () => {
      try {
        attempt('flush', file, () => fs.fsyncSync(handle))
      } catch (error) {
        abort()
        throw error
      }
      fs.closeSync(handle)
    },
    abort,
  }
}

/** Runs one operation on a disk, and says which it was when it fails. */
export function attempt<T>(operation: string, path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    throw storageError(operation, path, error)
  }
}
