// ErrnoStatus: the one place where an errno of the file system becomes a
// status.
//
// The fake and the real file system both use it, so that they agree on codes
// and on wording: "open /var/log/x.log: Permission denied".

#ifndef DIRWATCHER_ENV_ERRNO_STATUS_H_
#define DIRWATCHER_ENV_ERRNO_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// The status for `error_number` as env/file_system.h lists the codes:
//   NOT_FOUND            ENOENT
//   PERMISSION_DENIED    EACCES, EPERM
//   FAILED_PRECONDITION  ENOTDIR, EISDIR, ELOOP, ENXIO, ENODEV
//   RESOURCE_EXHAUSTED   EMFILE, ENFILE, ENOMEM, ENOSPC, EDQUOT, ENOBUFS
// Every other errno has a code other than these four, so that an unforeseen
// failure (ESTALE, a dead FUSE server's ENOTCONN) is never taken for a fact
// about the file. The message is "OPERATION PATH: SYSTEM'S WORDS".
// REQUIRES: error_number is not 0.
absl::Status ErrnoStatus(int error_number, absl::string_view operation,
                         absl::string_view path);

}  // namespace dirwatcher

#endif  // DIRWATCHER_ENV_ERRNO_STATUS_H_
