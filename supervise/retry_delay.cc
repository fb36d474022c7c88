#include "supervise/retry_delay.h"

#include "notify/back_off.h"
#include "supervise/exit_code.h"

namespace dirwatcher {

absl::optional<absl::Duration> RetryDelay(const RetryOptions& options,
                                          const JobEnd& end, double random) {
  const bool was_started = end.kind == JobEnd::Kind::kExited ||
                           end.kind == JobEnd::Kind::kKilled ||
                           end.kind == JobEnd::Kind::kTimedOut;
  if (Succeeded(end) || !was_started || end.stop_signal != 0 ||
      end.tries > options.retries) {
    return absl::nullopt;
  }
  BackOff back_off;
  back_off.first = options.first_delay;
  return BackOffDelay(back_off, end.tries, random);
}

}  // namespace dirwatcher
