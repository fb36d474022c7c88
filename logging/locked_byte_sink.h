// LockedByteSink: a ByteSink that several threads may write to.

#ifndef DIRWATCHER_LOGGING_LOCKED_BYTE_SINK_H_
#define DIRWATCHER_LOGGING_LOCKED_BYTE_SINK_H_

#include <mutex>

#include "absl/strings/string_view.h"
#include "logging/byte_sink.h"

namespace dirwatcher {

// Thread-safe: what one call writes stands together.
class LockedByteSink : public ByteSink {
 public:
  // `out` must outlive this; nobody else writes to it.
  explicit LockedByteSink(ByteSink* out) : out_(*out) {}

  WriteResult Write(absl::string_view bytes) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return out_.Write(bytes);
  }

 private:
  std::mutex mutex_;
  ByteSink& out_;  // guarded by mutex_
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_LOGGING_LOCKED_BYTE_SINK_H_
