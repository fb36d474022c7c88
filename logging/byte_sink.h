// ByteSink: where finished lines go as bytes: a descriptor, a rotating file.
//
// Log records and JSON events both end here; how bytes get out is separate from
// what they say.

#ifndef DIRWATCHER_LOGGING_BYTE_SINK_H_
#define DIRWATCHER_LOGGING_BYTE_SINK_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dirwatcher {

// How far a write got.
struct WriteResult {
  // How many of the bytes, from the first one on, are out for good.
  size_t written_bytes = 0;
  // OK exactly if all of them are.
  absl::Status status;
};

// Thread-compatible.
class ByteSink {
 public:
  virtual ~ByteSink() = default;

  // Writes `bytes`, all of them if it can. After a failure it may be called
  // again and tries again; what was not written is the caller's to keep or to
  // drop. The message of the status says what could not be written and why.
  virtual WriteResult Write(absl::string_view bytes) = 0;
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_BYTE_SINK_H_
