// JobReport: what people are told of a job that has ended. Pure.

#ifndef DIRWATCHER_SUPERVISE_JOB_REPORT_H_
#define DIRWATCHER_SUPERVISE_JOB_REPORT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "notify/message.h"
#include "supervise/job_end.h"

namespace dirwatcher {

struct JobDescription {
  std::string name;
  std::vector<std::string> command;
  std::string host;
  std::string user;
  std::string directory;                 // in which it was run
  absl::optional<std::string> subject;   // none: "NAME failed: HOW"
  size_t tail_lines = 50;                // that were asked for
  std::vector<std::string> attachments;  // paths
  absl::TimeZone time_zone = absl::UTCTimeZone();
};

// Tells what was run, where, when and for how long, how it ended, what it used,
// and the end of its output. Lines of the output are as they are; what stands
// in other lines is escaped (logging/escape.h).
MessageDetails JobReport(const JobDescription& job, const JobEnd& end);

// By what messages are repeats of each other: the name, and the exit code or
// signal.
std::string RepeatKey(const JobDescription& job, const JobEnd& end);

// `words` as one would type them into a shell.
std::string QuoteForShell(const std::vector<std::string>& words);

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_JOB_REPORT_H_
