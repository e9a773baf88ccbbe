import { connect } from 'node:net'
import { startFeeder } from '../feeder.ts'
import { afterWarmUp, statisticsOf } from '../statistics.ts'

/** Lines taken from the feeder for some seconds, every one made a string: what a program by hand can receive. */
export async function socketFloor(seconds: number): Promise<object> {
  const feeder = await startFeeder()
  const rates: number[] = []
  let lines = 0
  let rest = ''
  const take = (bytes: Buffer) => {
    const parts = (rest + bytes.toString('latin1')).split('\n')
    rest = parts.pop() ?? ''
    for (const line of parts) if (line.length > 0) lines++
  }
  const socket = connect(feeder.port, '127.0.0.1').on('data', take)
  let before = { lines: 0, at: performance.now() }
  const timer = setInterval(() => {
    const at = performance.now()
    rates.push(((lines - before.lines) / (at - before.at)) * 1000)
    before = { lines, at }
  }, 500)
  await new Promise(resolve => setTimeout(resolve, seconds * 1000))
  clearInterval(timer)
  socket.destroy()
  feeder.stop()
  return {
    peer: `floor-node-${process.versions.node}`,
    workload: 'socket',
    records: lines,
    lines_per_s: statisticsOf(afterWarmUp(rates)),
  }
}
