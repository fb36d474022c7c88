// Rfc3339Formatter: times as JSON events show them.

#ifndef DIRWATCHER_SINKS_RFC3339_FORMATTER_H_
#define DIRWATCHER_SINKS_RFC3339_FORMATTER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace dirwatcher {

// Thread-compatible. Remembers the last second, in which the next event usually
// is, too.
class Rfc3339Formatter {
 public:
  // `time` as in RFC 3339: 2023-01-31T12:00:00.000001Z, always in UTC and with
  // microseconds, below which it is cut. Times outside of the years 0 to 9999,
  // which RFC 3339 cannot tell, become the nearest that it can. Valid until the
  // next call.
  absl::string_view Format(absl::Time time);

 private:
  absl::Time second_ = absl::InfinitePast();  // to which text_ belongs
  std::string text_;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_RFC3339_FORMATTER_H_
