// Archives of what is attached to a message: gzip of a file, ZIP of a file or a
// folder.
//
//   absl::Status status = GzipFile("/var/log/job.log", "/tmp/x/job.log.gz");
//
// They are made of what the files hold at that moment: of a file that grows
// meanwhile the part that was there at the start, of one that shrinks what is
// left. Links are followed to what is archived, but never within a folder.
//
// Nothing here waits for somebody else: a FIFO or a device is an error, even if
// it takes the place of a file at the last moment. All functions are
// thread-safe.

#ifndef DIRWATCHER_NOTIFY_ARCHIVE_H_
#define DIRWATCHER_NOTIFY_ARCHIVE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "notify/archive_limits.h"

namespace dirwatcher {

// The errors of all of them. What was written of `out_path` is removed then.
//   NOT_FOUND, PERMISSION_DENIED, ...  see env/errno_status.h; the message
//                        names operation and path
//   FAILED_PRECONDITION  `path` is not of the kind that is asked for, or there
//                        is no libarchive
//   RESOURCE_EXHAUSTED   the archive would be longer than limits.max_bytes
//   CANCELLED            limits.should_stop said so
//   INTERNAL             libarchive failed otherwise, as on a full disk
//
// `out_path` is written anew, for its owner alone (mode 0600); its folder must
// exist, and it must not be a link.

// Writes the gzip form (RFC 1952) of a regular file. The same content gives the
// same bytes: neither name nor time is stored.
absl::Status GzipFile(const std::string& path, const std::string& out_path,
                      const ArchiveLimits& limits = {});

// Writes a ZIP that holds a regular file, as `name_inside`. Names are stored as
// UTF-8; what is not valid in them becomes U+FFFD.
absl::Status ZipFile(const std::string& path, const std::string& name_inside,
                     const std::string& out_path,
                     const ArchiveLimits& limits = {});

// Writes a ZIP that holds a folder and all that is below it, under
// "`name_inside`/". Links and what is neither file nor folder are left out
// silently. Returns what could not be read and is missing for that reason, each
// with its cause in one line, escaped; more than 20 are summed up in one more.
// Folders more than 64 deep count among them.
absl::StatusOr<std::vector<std::string>> ZipDirectory(
    const std::string& path, const std::string& name_inside,
    const std::string& out_path, const ArchiveLimits& limits = {});

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_ARCHIVE_H_
