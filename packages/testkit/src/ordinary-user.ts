import { chown, readdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { type Command, succeeds } from './command.ts'

const nobody = 65_534

// In a user namespace of its own the process sees itself as nobody, while to the files it is still root.
const namespace = ['--user', `--map-user=${nobody}`, `--map-group=${nobody}`, '--']

// Where that does not do (most containers forbid namespaces): truly nobody, who may still pass the folders that only root may.
const capabilities = [
  `--reuid=${nobody}`,
  `--regid=${nobody}`,
  '--clear-groups',
  '--inh-caps=+dac_override',
  '--ambient-caps=+dac_override',
  '--'
]

/**
 * PostgreSQL refuses to run as root. Gives the command a wrapper where we are root, and makes the data folder belong to
 * whoever the server then is.
 */
export async function asOrdinaryUser(command: Command, dataDir: string): Promise<Command> {
  if (process.getuid?.() !== 0) return command
  const canNamespace = reaches(dirname(dataDir), [command.file, ...command.args].find(isAbsolute) ?? '')
  await own(dataDir, canNamespace ? 0 : nobody)
  const [file, args] = canNamespace ? ['unshare', namespace] : ['setpriv', capabilities]
  return { ...command, file, args: [...args, command.file, ...command.args] }
}

/** Namespaces may be forbidden, or the folders another user's own: in a namespace root has no rights beyond its files. */
function reaches(folder: string, binary: string): boolean {
  return succeeds('unshare', [...namespace, 'sh', '-c', 'test -x "$1" && test -x "$2"', 'sh', folder, binary])
}

async function own(folder: string, uid: number): Promise<void> {
  if ((await stat(folder)).uid === uid) return
  const entries = await readdir(folder, { recursive: true })
  for (const entry of [...entries.map((name) => join(folder, name)), folder]) await chown(entry, uid, uid)
}
