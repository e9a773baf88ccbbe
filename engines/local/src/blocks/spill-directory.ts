import { rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'

const open = new Set<string>()
let listening = false

/** From now on the directory is removed when the process ends, however it does short of being killed. */
export function removeAtExit(directory: string): void {
  open.add(directory)
  if (listening) return
  listening = true
  // One listener for all: a program may make many engines.
  process.once('exit', () => {
    for (const path of open) rmSync(path, { recursive: true, force: true })
  })
}

/** Removes the directory now. */
export async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true })
  open.delete(directory)
}
