// Logger: what code holds that has something to say to the operator.
//
// It knows no logging library, so that whoever logs can be tested with a
// FakeLogger. The real one comes from logging/logging.h.
//
//   logger->Log(LogLevel::kWarning, "Received SIGTERM");

#ifndef DIRWATCHER_LOGGING_LOGGER_H_
#define DIRWATCHER_LOGGING_LOGGER_H_

#include "absl/strings/string_view.h"
#include "logging/log_level.h"

namespace dirwatcher {

// Where in the source a record was written; stands in its prefix. As a default
// argument, Current() is the place of the call (what C++20 calls
// std::source_location).
struct SourceLocation {
  static constexpr SourceLocation Current(const char* file = __builtin_FILE(),
                                          int line = __builtin_LINE()) {
    return SourceLocation{file, line};
  }

  const char* file;
  int line;
};

// Takes records, one line each. Implementations are thread-safe, never fail and
// never block for longer than their own header says: a record that cannot be
// written is lost.
class Logger {
 public:
  virtual ~Logger() = default;

  // Records `text`. It should be one line without control characters: bytes
  // that come from outside pass EscapeForLog (logging/escape.h) first. A line
  // feed in it is written as \n all the same, so that a record is always one
  // line.
  void Log(LogLevel level, absl::string_view text,
           SourceLocation where = SourceLocation::Current()) {
    Write(level, text, where);
  }

  // The same for one of very many: it may wait until Flush, or until a later
  // record is logged, so that many are written together. Their order stays.
  void LogSoon(LogLevel level, absl::string_view text,
               SourceLocation where = SourceLocation::Current()) {
    WriteSoon(level, text, where);
  }

  // Has everything written that waits.
  virtual void Flush() {}

  // Whether records of this level are kept at all, so that others need not be
  // put into words.
  virtual bool Keeps(LogLevel /*level*/) const { return true; }

 private:
  virtual void Write(LogLevel level, absl::string_view text,
                     SourceLocation where) = 0;
  virtual void WriteSoon(LogLevel level, absl::string_view text,
                         SourceLocation where) {
    Write(level, text, where);
  }
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOGGER_H_
