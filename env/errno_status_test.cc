#include "env/errno_status.h"

#include <cerrno>
#include <set>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace dirwatcher {
namespace {

// The errors of the system that have this code.
std::set<int> ErrorsOf(absl::StatusCode code) {
  std::set<int> errors;
  for (int error = 1; error < 200; ++error) {
    if (ErrnoStatus(error, "open", "/x").code() == code) errors.insert(error);
  }
  return errors;
}

// What these codes say of a file is acted upon, as in forgetting it: an I/O
// error or a stale handle must not say it.
TEST(ErrnoStatus, SaysThatNothingIsThereForNoOtherError) {
  EXPECT_EQ(ErrorsOf(absl::StatusCode::kNotFound), std::set<int>({ENOENT}));
  EXPECT_EQ(ErrorsOf(absl::StatusCode::kFailedPrecondition),
            std::set<int>({ENOTDIR, EISDIR, ELOOP, ENXIO, ENODEV}));
  EXPECT_EQ(ErrorsOf(absl::StatusCode::kPermissionDenied),
            std::set<int>({EACCES, EPERM}));
}

TEST(ErrnoStatus, IsNeverOk) {
  EXPECT_EQ(ErrorsOf(absl::StatusCode::kOk), std::set<int>());
}

}  // namespace
}  // namespace dirwatcher
