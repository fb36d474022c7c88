// FakeLogger: keeps the records so that a test can look at them.

#ifndef DIRWATCHER_LOGGING_FAKE_LOGGER_H_
#define DIRWATCHER_LOGGING_FAKE_LOGGER_H_

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "logging/log_level.h"
#include "logging/logger.h"

namespace dirwatcher {

// Thread-safe.
class FakeLogger : public Logger {
 public:
  using Record = std::pair<LogLevel, std::string>;

  // Everything logged since the last call, in order, whatever its level.
  std::vector<Record> TakeRecords() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return std::exchange(records_, {});
  }

 private:
  void Write(LogLevel level, absl::string_view text,
             SourceLocation /*where*/) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    records_.emplace_back(level, std::string(text));
  }

  std::mutex mutex_;  // guards records_
  std::vector<Record> records_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_FAKE_LOGGER_H_
