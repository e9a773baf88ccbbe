import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { median } from '@dstream/tools/statistics'
import { ownLine } from '../child-line.ts'
import { cacheDirectory } from '../lines.ts'
import type { MillionKeys, Operator } from './million-keys.ts'
import { bytesOf } from './saved-times.ts'

/**
 * How long a program that holds a million keys takes from the start of its process to the end of the first batch, after the process before it has ended in
 * the middle of its work. The state is saved every ten batches, as it is by default with an interval of a second; the batches are shorter so that the
 * figure is there sooner.
 */
export async function measureRecovery(
  operator: Operator,
  rounds: number,
  show: (line: object) => void,
): Promise<object> {
  mkdirSync(cacheDirectory(), { recursive: true })
  const directory = mkdtempSync(join(cacheDirectory(), 'recovery-'))
  const program: MillionKeys = { operator, intervalMs: 250, checkpointMs: 2500, directory }
  const run = (which: string) => ownLine('recovery/program', [which, JSON.stringify(program)])
  try {
    const totals: number[] = []
    for (let round = 0; round < rounds; round++) {
      await run('first')
      const bytes = bytesOf(directory)
      const line = await run('second')
      show({ workload: 'recovery', operator, round, disk_mb: Math.round(bytes / 1e5) / 10, ...line })
      totals.push(line['totalMs'] as number)
    }
    return { workload: 'recovery', operator, rounds, first_batch_ms: Math.round(median(totals)) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
