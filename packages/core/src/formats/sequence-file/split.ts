import type { ReadSteps } from '../read-steps.ts'
import { syncSize } from './header.ts'
import type { SequenceWindow } from './sequence-window.ts'

/** Bytes looked through at a time. */
const searchBytes = 64 * 1024

/**
 * Moves the window to where the records of a split begin: behind the header, or to the first sync marker (its escape) at or after the split's start; to
 * the end of the file where none follows. As Hadoop's SequenceFile.Reader.sync: of all splits into which a file is cut exactly one finds a given marker.
 */
export function* seekToSplit(window: SequenceWindow, sync: Uint8Array, start: number): ReadSteps<never> {
  if (start <= window.position) return
  const escapeBytes = 4
  window.seek(start + escapeBytes)
  while (window.left >= syncSize) {
    yield* window.fill(Math.min(searchBytes, window.left))
    if (window.held < syncSize) break
    const found = window.buffer.indexOf(sync, window.at)
    if (found >= 0) {
      window.seek(window.position + found - window.at - escapeBytes)
      return
    }
    window.at = window.buffer.length - syncSize + 1
  }
  window.seek(window.size)
}
