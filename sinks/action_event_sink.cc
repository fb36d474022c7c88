#include "sinks/action_event_sink.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/types/variant.h"
#include "logging/escape.h"
#include "logging/log_level.h"

namespace dirwatcher {
namespace {

std::string WithoutNuls(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{absl::string_view("\0", 1), "\xEF\xBF\xBD"}});
}

}  // namespace

void ActionEventSink::OnEvent(const Event& event) {
  if (const auto* match = absl::get_if<LineMatched>(&event)) {
    Perform("match", match->file, match->line, match->text, match->magic);
  } else if (const auto* added = absl::get_if<FileAdded>(&event)) {
    Perform("added", added->file, 0, "", "");
  } else if (const auto* removed = absl::get_if<FileRemoved>(&event)) {
    Perform("removed", removed->file, 0, "", "");
  }
}

void ActionEventSink::Perform(absl::string_view trigger, absl::string_view file,
                              int64_t line, absl::string_view text,
                              absl::string_view magic) {
  if (!runner_.HasActive(trigger)) return;
  const auto cause = std::make_shared<ActionCause>();  // jobs are copied
  cause->values = {{"event", std::string(trigger)},
                   {"file", WithoutNuls(file)},
                   {"line", line == 0 ? "" : absl::StrCat(line)},
                   {"text", WithoutNuls(text)},
                   {"magic", WithoutNuls(magic)}};
  for (const auto& [key, value] : cause->values) {
    cause->environment.emplace_back(
        absl::StrCat("DIRWATCHER_", absl::AsciiStrToUpper(key)), value);
  }
  const JobQueue::Job job = [this, trigger = std::string(trigger), cause] {
    runner_.Run(trigger, *cause);
  };
  do {
    if (queue_.Post(job, JobQueue::Lane::kNormal)) return;
  } while (on_full_ && on_full_());
  ++dropped_count_;
  if (untold_++ == 0) {
    first_untold_ = absl::StrCat(trigger, " in ", EscapeForLog(file));
    if (line != 0) absl::StrAppend(&first_untold_, ":", line);
  }
}

void ActionEventSink::Flush() {
  if (untold_ == 0) return;
  logger_->Log(LogLevel::kWarning,
               absl::StrCat("No action for ", untold_,
                            untold_ == 1 ? " event" : " events",
                            ", as too many wait; the first: ", first_untold_));
  untold_ = 0;
}

}  // namespace dirwatcher
