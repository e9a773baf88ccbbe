import { parentPort, workerData } from 'node:worker_threads'
import { announce, Exchange, waitFor, type Meeting } from './exchange.ts'
import { programs } from './programs.ts'

/** What a floor thread is started with. */
export interface FloorThreadData extends Meeting {
  readonly workload: string
  readonly file: string
  readonly me: number
}

/** Slots of the control array beside those of the exchange: the batch wanted, and per thread the batch done and its count. */
export const wantedSlot = 0
export const doneSlot = (me: number) => 16 + me * 16
export const countSlot = (me: number) => 17 + me * 16

if (parentPort !== null) {
  const { workload, file, me, control, boxes } = workerData as FloorThreadData
  const make = programs[workload]
  if (make === undefined) throw new Error(`There is no floor ${workload}`)
  const program = make({ file, me, shares: 2, exchange: new Exchange(me, { control, boxes }) })
  parentPort.postMessage('ready')
  for (let batch = 1; waitFor(control, wantedSlot, batch) > 0; batch++) {
    Atomics.store(control, countSlot(me), program.run())
    announce(control, doneSlot(me), batch)
  }
  parentPort.postMessage(program.checksum())
}
