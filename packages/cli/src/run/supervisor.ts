import { spawn, type ChildProcess } from 'node:child_process'
import { firstSuperviseState, superviseStep } from './supervise-steps.ts'
import type { Ending, SuperviseCommand, SuperviseEvent, Supervision } from './supervise-steps.ts'

/** What is started, again and again. */
export interface Driver {
  /** Path of a program for Node, and its arguments. */
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/**
 * Runs a driver as a process of its own, with this process's options of Node, streams and signals; starts it again as superviseStep says. Resolves to how the last
 * one ended.
 *
 * @param say where it says what it does
 */
export function supervise(driver: Driver, settings: Supervision, say: (text: string) => void): Promise<Ending> {
  const { promise, resolve, reject } = Promise.withResolvers<Ending>()
  let state = firstSuperviseState(nowMs())
  let child: ChildProcess | undefined
  let waiting: NodeJS.Timeout | undefined
  const happen = (event: SuperviseEvent): void => {
    const [next, commands] = superviseStep(state, event, settings)
    state = next
    for (const command of commands) obey(command)
  }
  const start = (): void => {
    child = spawn(process.execPath, [...process.execArgv, driver.program, ...driver.args], {
      stdio: 'inherit',
      env: driver.env,
    })
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      happen({ type: 'ended', ending: { code, signal }, nowMs: nowMs(), chance: Math.random() }),
    )
  }
  const obey = (command: SuperviseCommand): void => {
    switch (command.type) {
      case 'start':
        return start()
      case 'wait':
        waiting = setTimeout(() => happen({ type: 'due', nowMs: nowMs() }), command.ms)
        return
      case 'tell':
        return void child?.kill(command.signal)
      case 'say':
        return say(command.text)
      case 'end':
        return resolve(command.ending)
    }
  }
  const listen = (signal: NodeJS.Signals): void => happen({ type: 'signal', signal, nowMs: nowMs() })
  for (const signal of signals) process.on(signal, listen)
  start()
  return promise.finally(() => {
    clearTimeout(waiting)
    for (const signal of signals) process.removeListener(signal, listen)
  })
}

/** Of a clock that nobody sets. */
const nowMs = (): number => Math.round(performance.now())
