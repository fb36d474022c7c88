#include "logging/glog_format.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {
namespace {

// The thread's number, with spaces before it to the width that glog gives it.
absl::string_view ThreadColumn() {
  thread_local const std::string column =
      absl::StrFormat("%5d", CurrentThreadId());
  return column;
}

char LetterOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
    case LogLevel::kInfo:
      return 'I';
    case LogLevel::kWarning:
      return 'W';
    default:
      return 'E';
  }
}

}  // namespace

void GlogFormat::Append(const LogRecord& record, std::string* out) {
  const time_t seconds = absl::ToTimeT(record.time);
  const int64_t micros =
      absl::ToInt64Microseconds(record.time - absl::FromTimeT(seconds));
  if (seconds != seconds_ || date_and_time_.empty()) {
    std::tm local = {};
    localtime_r(&seconds, &local);
    date_and_time_ = absl::StrFormat(
        "%04d%02d%02d %02d:%02d:%02d", local.tm_year + 1900, local.tm_mon + 1,
        local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec);
    seconds_ = seconds;
  }
  out->push_back(LetterOf(record.level));
  absl::StrAppend(out, date_and_time_, ".", absl::Dec(micros, absl::kZeroPad6),
                  " ", ThreadColumn(), " ", record.file, ":");
  absl::StrAppend(out, record.line, "] ", record.text, "\n");
}

}  // namespace dirwatcher
