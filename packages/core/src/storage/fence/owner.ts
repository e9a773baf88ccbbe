import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process, told apart from every other one, also from a later one with the same number. */
export interface Owner {
  readonly host: string
  readonly pid: number
  /** When the process began, in a form of the system's own; empty where the system does not say. */
  readonly started: string
}

/** Knows which processes live. Replaced in tests. */
export interface Processes {
  /** This process. */
  self(): Owner
  /** Whether that process lives; `undefined` for a process of another host. */
  isAlive(owner: Owner): boolean | undefined
}

/** The processes of this machine. */
const ofThisMachine: Processes = {
  self: () => ({ host: hostname(), pid: process.pid, started: statOf(process.pid)?.started ?? '' }),
  isAlive(owner) {
    if (owner.host !== hostname()) return undefined
    // A number alone may be of a successor: in a container that restarts, every process is number 1.
    const now = statOf(owner.pid)
    // One that has ended and that its parent has not asked after (a zombie) writes nothing any more.
    if (!exists(owner.pid) || now?.ended === true) return false
    return owner.started === '' || owner.started === (now?.started ?? '')
  },
}

let known = ofThisMachine

/** The processes that fences know of: those of this machine, unless a simulation has put others in their place. */
export const processes: Processes = {
  self: () => known.self(),
  isAlive: owner => known.isAlive(owner),
}

/** From now on fences know of these processes, in this thread. Returns what puts those of the machine back. @internal */
export function simulateProcesses(simulated: Processes): () => void {
  known = simulated
  return () => (known = ofThisMachine)
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** On Linux the boot and the clock tick in which the process began, and whether it has ended; else nothing. */
function statOf(pid: number): { readonly started: string; readonly ended: boolean } | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program, in brackets, may hold spaces: fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, start] = [fields[0], fields[19]]
    return start === undefined ? undefined : { started: `${boot}:${start}`, ended: state === 'Z' || state === 'X' }
  } catch {
    return undefined
  }
}
