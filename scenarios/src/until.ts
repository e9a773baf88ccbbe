import { setTimeout as sleep } from 'node:timers/promises'

/** Longer than anything takes on a machine that has much else to do: what takes so long hangs. */
const patienceMs = 120_000

/**
 * Looks again and again.
 *
 * @param what is waited for, as the error says it
 * @param seen what is to be known where that does not come: what a child process has said
 * @throws Error after two minutes
 */
export async function until(what: string, holds: () => boolean, seen: () => string = () => ''): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Waited ${patienceMs / 1000} s until ${what}. ${seen()}`)
    await sleep(20)
  }
}
