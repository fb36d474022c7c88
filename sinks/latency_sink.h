// LatencySink: measures how long it takes from writing to a file to telling of
// a line in it. It stands behind the sinks that tell, whose Flush it follows:
//
//   LatencySink latency(&clock, clock.Now(), &histogram);
//   TeeEventSink sink({&json_sink, &log_sink, &latency});

#ifndef DIRWATCHER_SINKS_LATENCY_SINK_H_
#define DIRWATCHER_SINKS_LATENCY_SINK_H_

#include <cstdint>
#include <vector>

#include "absl/time/time.h"
#include "dirwatch/event.h"
#include "dirwatch/event_sink.h"
#include "env/clock.h"
#include "stats/duration_histogram.h"

namespace dirwatcher {

// Thread-compatible. Limits: the time of writing is the file's mtime as it was
// seen before it was read. So of several lines that were read together it is
// that of the last; it is as exact as the stamps of the file system, on Linux
// up to a tick of the kernel too early (1 to 10 ms, CONFIG_HZ); it can be set
// by anybody, and another host may have another clock.
class LatencySink : public EventSink {
 public:
  // Lines in files that were not written to since `since` are left out: they
  // have waited for the program to start. Both pointers must outlive this.
  LatencySink(Clock* clock, absl::Time since, DurationHistogram* histogram)
      : clock_(*clock), since_(since), histogram_(histogram) {}

  // From now on into `histogram`. REQUIRES: flushed since the last event.
  void CountIn(DurationHistogram* histogram) { histogram_ = histogram; }

  void OnEvent(const Event& event) override;
  void Flush() override;

 private:
  // Lines that were read together.
  struct Lines {
    absl::Time written;
    int64_t count = 0;
  };

  Clock& clock_;
  const absl::Time since_;
  DurationHistogram* histogram_;
  std::vector<Lines> waiting_;  // for the flush
};

}  // namespace dirwatcher

#endif  // DIRWATCHER_SINKS_LATENCY_SINK_H_
