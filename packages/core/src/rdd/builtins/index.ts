/** Loading this registers every builtin that plans of RDDs name: the driver and all workers load it. */
import './records.ts'
import './keyed.ts'
import './spreading.ts'
import './windows.ts'
import './actions.ts'
import './text-output.ts'
import './state-functions.ts'
import './saved-records.ts'
