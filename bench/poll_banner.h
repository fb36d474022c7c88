// What dirwatcher says about its polls when it ends.

#ifndef DIRWATCHER_BENCH_POLL_BANNER_H_
#define DIRWATCHER_BENCH_POLL_BANNER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {

struct PollBanner {
  int64_t polls = 0;
  absl::Duration median;
};

// Finds the last "Polls: 17, median 1.213 s" in a log; the unit may be s, ms,
// us, µs or ns, with or without a space before it. NOT_FOUND if there is none.
absl::StatusOr<PollBanner> ParsePollBanner(absl::string_view log);

}  // namespace dirwatcher

#endif  // DIRWATCHER_BENCH_POLL_BANNER_H_
