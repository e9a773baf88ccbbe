import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ByteSink, ByteSource, FileAccess } from './byte-source.ts'

/** The path of a file that is named by a path or a `file:` address (`file:/a`, `file:///a`). */
export const localPath = (name: string): string =>
  /^file:/i.test(name) ? fileURLToPath(name.replace(/^file:\/?(?=[^/])/i, 'file:///')) : name

/** Files of this machine, read and written at once, as tasks do. Paths or `file:` addresses. */
export const localFiles: FileAccess = { open: openLocal, create: createLocal }

function openLocal(name: string): ByteSource {
  const handle = fs.openSync(localPath(name), 'r')
  return {
    size: fs.fstatSync(handle).size,
    read: (position, length) => {
      const bytes = Buffer.allocUnsafeSlow(length)
      let held = 0
      while (held < length) {
        const read = fs.readSync(handle, bytes, held, length - held, position + held)
        if (read === 0) break
        held += read
      }
      return bytes.subarray(0, held)
    },
    close: () => fs.closeSync(handle),
  }
}

function createLocal(name: string): ByteSink {
  const file = localPath(name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  const handle = fs.openSync(file, 'wx')
  return {
    write: bytes => {
      for (let at = 0; at < bytes.length;) at += fs.writeSync(handle, bytes, at)
    },
    close: () => {
      try {
        fs.fsyncSync(handle)
      } finally {
        fs.closeSync(handle)
      }
    },
    abort: () => {
      fs.closeSync(handle)
      fs.rmSync(file, { force: true })
    },
  }
}
