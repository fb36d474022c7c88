// ParseRetryAfter: what a Retry-After header says. Pure.
//
// RFC 9110, 10.2.3: either seconds or the date and time from when on to try
// again, in any of the three forms of 5.6.7.

#ifndef DIRWATCHER_NOTIFY_RETRY_AFTER_H_
#define DIRWATCHER_NOTIFY_RETRY_AFTER_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace dirwatcher {

// No service is believed to mean more than this.
inline constexpr absl::Duration kMaxRetryAfter = absl::Hours(24);

// How long to wait, from `now` on: 0 to kMaxRetryAfter. A moment that is over
// is 0. None: the value is not of any of the forms.
absl::optional<absl::Duration> ParseRetryAfter(absl::string_view value,
                                               absl::Time now);

}  // namespace dirwatcher

#endif  // DIRWATCHER_NOTIFY_RETRY_AFTER_H_
