/** Why `npm start` cannot go on, as one sentence that tells what to do; shown without a stack. */
export class Failure extends Error {}

/** What a failed file operation means, told for a path. */
export function fileFailure(path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = reasons.get(code ?? '') ?? message
  return new Failure(`${path} cannot be used: ${reason}.`, { cause: error })
}

const reasons = new Map([
  ['ENOSPC', 'the disk is full; free some space, or set DATA_DIR to a folder on another disk'],
  ['EDQUOT', 'your disk quota is used up; free some space, or set DATA_DIR to a folder on another disk'],
  // What Node says for mkdir on a read-only disk.
  ['ENOENT', 'it cannot be made there; set DATA_DIR to another folder'],
  ['EROFS', 'the disk is read-only; set DATA_DIR to a folder on another one'],
  ['EACCES', 'this user may not write there; give it to this user, or set DATA_DIR to another folder'],
  ['EPERM', 'this user may not write there; give it to this user, or set DATA_DIR to another folder'],
  ['ENOTDIR', 'a file is in the way where a folder is needed; move it, or set DATA_DIR to another folder'],
  ['EEXIST', 'a file is in the way where a folder is needed; move it, or set DATA_DIR to another folder']
])
