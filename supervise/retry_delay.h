// RetryDelay: whether and when a command that has failed is tried again. Pure.

#ifndef DIRWATCHER_SUPERVISE_RETRY_DELAY_H_
#define DIRWATCHER_SUPERVISE_RETRY_DELAY_H_

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "supervise/job_end.h"

namespace dirwatcher {

struct RetryOptions {
  int retries = 0;  // besides the first try
  // Before the second try; it doubles with each, up to an hour, and is up to a
  // fifth longer or shorter by chance.
  absl::Duration first_delay = absl::Seconds(1);
};

// How long to wait after `end`, whose `tries` says which try it was, until the
// next; nullopt: there is none. Every failure is tried again, one by timeout
// too; but not a command that cannot be started, and nothing after a request to
// stop. `random` is from 0, for the shortest, to 1.
absl::optional<absl::Duration> RetryDelay(const RetryOptions& options,
                                          const JobEnd& end, double random);

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_RETRY_DELAY_H_
