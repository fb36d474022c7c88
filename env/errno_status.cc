#include "env/errno_status.h"

#include <cerrno>

#include "absl/strings/str_cat.h"

namespace dirwatcher {
namespace {

absl::StatusCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
      return absl::StatusCode::kPermissionDenied;
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENXIO:
    case ENODEV:
      return absl::StatusCode::kFailedPrecondition;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EDQUOT:
    case ENOBUFS:
      return absl::StatusCode::kResourceExhausted;
    default:
      break;
  }
  const absl::StatusCode code = absl::ErrnoToStatusCode(error_number);
  switch (code) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kResourceExhausted:
      return absl::StatusCode::kUnavailable;
    default:
      return code;
  }
}

}  // namespace

absl::Status ErrnoStatus(int error_number, absl::string_view operation,
                         absl::string_view path) {
  const absl::Status status =
      absl::ErrnoToStatus(error_number, absl::StrCat(operation, " ", path));
  return absl::Status(CodeOf(error_number), status.message());
}

}  // namespace dirwatcher
