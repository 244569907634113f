import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program with its arguments and what it needs in its environment. */
export type Command = { file: string; args: string[]; env?: NodeJS.ProcessEnv }

/** The full path of a program on PATH, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Whether the command can be run here and says that all is well. */
export function succeeds(file: string, args: string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0
}

/**
 * Has the kernel signal the server when the process that started it is gone, however it went: a SIGKILLed `npm start`
 * or a test file that ran out of time leaves no server behind.
 */
export function endWithParent(command: Command, signal: 'INT' | 'TERM'): Command {
  if (findProgram('setpriv') === undefined) return command
  return {
    ...command,
    file: 'setpriv',
    args: ['--pdeathsig', signal, '--', command.file, ...command.args]
  }
}
