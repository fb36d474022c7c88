#include "supervise/job_report.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "logging/escape.h"
#include "supervise/exit_code.h"

namespace dirwatcher {
namespace {

std::string FormatMoment(absl::Time time, absl::TimeZone zone) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S %z", time, zone);
}

std::string FormatMemory(int64_t bytes) {
  return absl::StrFormat("%.1f MiB", static_cast<double>(bytes) / (1 << 20));
}

std::string FormatShort(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(1)));
}

bool WasStarted(const JobEnd& end) {
  return end.kind == JobEnd::Kind::kExited ||
         end.kind == JobEnd::Kind::kKilled ||
         end.kind == JobEnd::Kind::kTimedOut;
}

}  // namespace

std::string QuoteForShell(const std::vector<std::string>& words) {
  const auto quote = [](std::string* out, const std::string& word) {
    const bool is_plain =
        !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
          return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                 absl::StrContains("_@%+=:,./-", c);
        });
    if (is_plain) {
      out->append(word);
    } else {
      absl::StrAppend(out, "'", absl::StrReplaceAll(word, {{"'", "'\\''"}}),
                      "'");
    }
  };
  return absl::StrJoin(words, " ", quote);
}

std::string RepeatKey(const JobDescription& job, const JobEnd& end) {
  return absl::StrCat(job.name, "\n", ExitCode(end), " ", end.signal_number);
}

MessageDetails JobReport(const JobDescription& job, const JobEnd& end) {
  const std::string how = HowItEnded(end);
  MessageDetails details;
  details.subject = job.subject.value_or(EscapeForLog(
      absl::StrCat(job.name, Succeeded(end) ? " succeeded"
                                            : absl::StrCat(" failed: ", how))));
  std::string& text = details.message;
  const auto add = [&text](absl::string_view label, absl::string_view value) {
    absl::StrAppend(&text, absl::StrFormat("%-13s", absl::StrCat(label, ":")),
                    EscapeForLog(value), "\n");
  };
  add("Command", QuoteForShell(job.command));
  add("Host", job.host);
  add("User", job.user);
  add("Directory", job.directory);
  add("Result", how);
  if (end.tries > 1) {
    add("Tries", absl::StrCat(end.tries, "; this is about the last"));
  }
  add("Started", FormatMoment(end.start_time, job.time_zone));
  if (WasStarted(end)) {
    add("Ended", FormatMoment(end.start_time + end.duration, job.time_zone));
    add("Took", FormatShort(end.duration));
    add("CPU time", absl::StrCat(FormatShort(end.user_time), " user, ",
                                 FormatShort(end.system_time), " system"));
    add("Peak memory", FormatMemory(end.peak_memory_bytes));
    if (job.tail_lines > 0) {
      absl::StrAppend(&text, "\n",
                      end.output_tail.empty() ? "It printed nothing."
                                              : "The end of its output:",
                      "\n\n", end.output_tail);
    }
  }
  details.attachments = job.attachments;
  return details;
}

}  // namespace dirwatcher
