#include "bench/poll_banner.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"

namespace dirwatcher {

absl::StatusOr<PollBanner> ParsePollBanner(absl::string_view log) {
  static const RE2* const regex = new RE2(
      "Polls: ([0-9]+), median ([0-9]+(?:\\.[0-9]+)?) ?(s|ms|us|µs|ns)");
  re2::StringPiece rest(log.data(), log.size());
  int64_t polls = 0;
  std::string number;
  std::string unit;
  bool found = false;
  while (RE2::FindAndConsume(&rest, *regex, &polls, &number, &unit)) {
    found = true;
  }
  if (!found) {
    return absl::NotFoundError("no line like \"Polls: 17, median 1.213 s\"");
  }
  PollBanner result;
  result.polls = polls;
  if (unit == "µs") unit = "us";
  if (!absl::ParseDuration(absl::StrCat(number, unit), &result.median)) {
    return absl::NotFoundError(absl::StrCat("not a duration: ", number, unit));
  }
  return result;
}

}  // namespace dirwatcher
