import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What the disk does by itself: appends of one size, each flushed before the next. */
export interface FlushRate {
  readonly append_kb: number
  readonly flushes_per_s: number
  readonly mb_per_s: number
}

/** Appends to a file of that directory and flushes, for so long, on this thread: nothing else is to be measured meanwhile. */
export function flushRate(directory: string, appendBytes: number, forMs: number): FlushRate {
  const path = join(directory, 'flush-rate')
  const file = openSync(path, 'w')
  const bytes = Buffer.alloc(appendBytes, 'x')
  const startMs = performance.now()
  let count = 0
  try {
    for (; performance.now() - startMs < forMs; count++) {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
      fdatasyncSync(file)
    }
  } finally {
    closeSync(file)
    rmSync(path)
  }
  const perSecond = (count * 1000) / (performance.now() - startMs)
  return {
    append_kb: Math.round(appendBytes / 1024),
    flushes_per_s: Number(perSecond.toPrecision(4)),
    mb_per_s: Number(((perSecond * appendBytes) / 1e6).toPrecision(3)),
  }
}
