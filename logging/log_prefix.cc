#include "logging/log_prefix.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dirwatcher {
namespace {

// The thread's number, with spaces before it to the width that glog gives it.
absl::string_view ThreadColumn() {
  thread_local const std::string column =
      absl::StrFormat("%5d", static_cast<int>(syscall(SYS_gettid)));
  return column;
}

}  // namespace

void LogPrefix::Append(char level, absl::Time time, absl::string_view file,
                       int line, std::string* out) {
  const time_t seconds = absl::ToTimeT(time);
  const int64_t micros =
      absl::ToInt64Microseconds(time - absl::FromTimeT(seconds));
  if (seconds != seconds_ || date_and_time_.empty()) {
    std::tm local = {};
    localtime_r(&seconds, &local);
    date_and_time_ = absl::StrFormat(
        "%04d%02d%02d %02d:%02d:%02d", local.tm_year + 1900, local.tm_mon + 1,
        local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
    seconds_ = seconds;
  }
  out->push_back(level);
  absl::StrAppend(out, date_and_time_, ".", absl::Dec(micros, absl::kZeroPad6),
                  " ", ThreadColumn(), " ", file, ":");
  absl::StrAppend(out, line, "] ");
}

}  // namespace dirwatcher
