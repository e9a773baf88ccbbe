import { unlink } from 'node:fs'
import type { StoredBytes } from '../tasks/task-spec.ts'

/** Removes the files among stored bytes, each once. One that is gone already is no error; nothing waits for it. */
export function removeFiles(stored: readonly StoredBytes[]): void {
  const paths = new Set(stored.flatMap(bytes => (bytes instanceof Uint8Array ? [] : [bytes.path])))
  for (const path of paths) unlink(path, () => {})
}
