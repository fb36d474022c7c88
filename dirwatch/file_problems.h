// FileProblems: what was told of files that cannot be looked at or read, so
// that it is told once until it changes.

#ifndef DIRWATCHER_DIRWATCH_FILE_PROBLEMS_H_
#define DIRWATCHER_DIRWATCH_FILE_PROBLEMS_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dirwatch/event_sink.h"

namespace dirwatcher {

// Thread-compatible.
class FileProblems {
 public:
  // `sink` must outlive this.
  explicit FileProblems(EventSink* sink) : sink_(*sink) {}

  // Tells a FileError, unless the same was told of `name` last.
  void Tell(absl::string_view name, const absl::Status& status) {
    std::string& told = told_[name];
    if (told == status.message()) return;
    told = std::string(status.message());
    sink_.OnEvent(FileError{name, status.message()});
  }

  // Whether there is one with `name`.
  bool Has(absl::string_view name) const {
    return !told_.empty() && told_.contains(name);
  }

  // What was told of `name`; empty if nothing was.
  absl::string_view MessageOf(absl::string_view name) const {
    const auto told = told_.find(name);
    return told == told_.end() ? absl::string_view() : told->second;
  }

  void Forget(absl::string_view name) {
    if (!told_.empty()) told_.erase(name);
  }

  // Forgets those names for which `is_over`.
  void ForgetIf(absl::FunctionRef<bool(const std::string& name)> is_over) {
    absl::erase_if(told_,
                   [&](const auto& told) { return is_over(told.first); });
  }

 private:
  EventSink& sink_;
  absl::flat_hash_map<std::string, std::string> told_;  // message by name
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_FILE_PROBLEMS_H_
