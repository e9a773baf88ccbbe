import { CorruptSequenceFileError } from '../errors.ts'
import { FileWindow } from '../file-window.ts'
import type { ReadSteps } from '../read-steps.ts'

/** The window of a SequenceFile: reads what must be there. */
export class SequenceWindow extends FileWindow {
  /** Gets `count` bytes into the buffer, of something that `what` names. */
  *need(count: number, what: string): ReadSteps<never> {
    if (count > this.left)
      throw corruptAt(this, this.position, `${what} needs ${count} bytes, ${this.left} are left of the file`)
    if (!(yield* this.fill(count)))
      throw corruptAt(this, this.position, 'the file has become shorter while it was read')
  }

  *int32(what: string): ReadSteps<never, number> {
    if (this.held < 4) yield* this.need(4, what)
    return this.heldInt32()
  }

  /** The next four bytes, which are at hand. */
  heldInt32(): number {
    const { buffer, at } = this
    this.at = at + 4
    return (buffer[at]! << 24) | (buffer[at + 1]! << 16) | (buffer[at + 2]! << 8) | buffer[at + 3]!
  }

  /** Moves over the sync marker of the file, behind its escape. */
  *passSync(sync: Uint8Array): ReadSteps<never> {
    if (this.held < sync.length) yield* this.need(sync.length, 'a sync marker')
    if (this.buffer.compare(sync, 0, sync.length, this.at, this.at + sync.length) !== 0)
      throw corruptAt(this, this.position, 'a sync marker is not that of the file')
    this.at += sync.length
  }
}

export const corruptAt = (
  window: FileWindow,
  position: number,
  what: string,
  cause?: unknown,
): CorruptSequenceFileError => new CorruptSequenceFileError(window.path, position, what, cause)
