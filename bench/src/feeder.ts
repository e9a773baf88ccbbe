import { fork } from 'node:child_process'

/** A running feeder. */
export interface Feeder {
  readonly port: number
  stop(): void
}

/** Starts the feeder in a process of its own, so that it takes no time of the measured one's threads. It ends with this process. */
export function startFeeder(port = 0): Promise<Feeder> {
  const script = new URL(import.meta.url.endsWith('.ts') ? './feed.ts' : './feed.js', import.meta.url)
  const child = fork(script, ['serve', String(port)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  return new Promise((resolve, reject) => {
    child.once('message', (message: { readonly port: number }) =>
      resolve({ port: message.port, stop: () => void child.kill() }),
    )
    child.once('exit', code => reject(new Error(`The feeder ended at once, with code ${code}`)))
    child.once('error', reject)
  })
}
