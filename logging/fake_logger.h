// FakeLogger: keeps the records so that a test can look at them.

#ifndef DIRWATCHER_LOGGING_FAKE_LOGGER_H_
#define DIRWATCHER_LOGGING_FAKE_LOGGER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "logging/log_level.h"
#include "logging/logger.h"

namespace dirwatcher {

// Thread-compatible, unlike the real one: for tests of one thread.
class FakeLogger : public Logger {
 public:
  using Record = std::pair<LogLevel, std::string>;

  // Everything logged since the last call, in order, whatever its level.
  std::vector<Record> TakeRecords() { return std::exchange(records_, {}); }

 private:
  void Write(LogLevel level, absl::string_view text,
             SourceLocation /*where*/) override {
    records_.emplace_back(level, std::string(text));
  }

  std::vector<Record> records_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_FAKE_LOGGER_H_
